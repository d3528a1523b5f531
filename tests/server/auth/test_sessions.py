"""Sessions of pages: how they begin, what they may, how they end."""

import pytest

from jupyter_mlops.server.auth import sessions as kept
from jupyter_mlops.server.auth.sessions import Sessions
from jupyter_mlops.tracking.settings import current_store
from tests.server.live import served

API = "/api/2.0/mlflow"
TOKEN = "the-token"


@pytest.fixture
def ask():
    with served(current_store(), token=TOKEN) as client:
        yield client


def cookie_of(answer):
    return answer.headers["Set-Cookie"].partition(";")[0]


@pytest.fixture
def logged_in(ask):
    """What a page that is logged in sends: its cookie, and what proves that it is ours."""
    bearer = ask.headers.pop("Authorization")
    link = ask.post("/login/link", json_body={}, headers={"Authorization": bearer}).json()["path"]
    answer = ask.get(link)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = {"Cookie": cookie_of(answer)}
    return cookie | {"X-CSRF-Token": ask.get("/session", headers=cookie).json()["csrf"]}


def test_a_link_logs_in_once(ask):
    bearer = ask.headers.pop("Authorization")
    assert ask.post("/login/link", json_body={}).status_code == 401
    link = ask.post("/login/link", json_body={}, headers={"Authorization": bearer}).json()["path"]
    assert ask.request("HEAD", link).status_code != 303
    answer = ask.get(link)
    set_cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 303
    assert all(part in set_cookie for part in ("HttpOnly", "SameSite=strict", "Path=/")) and "Secure" not in set_cookie
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    for used in (link, link[:-1], "/login?once=", "/login"):
        again = ask.get(used)
        assert again.status_code == 401 and "Set-Cookie" not in again.headers
        assert "jupyter mlops ui" in again.text


def test_a_page_logs_in_by_a_password_which_a_token_is(ask):
    ask.headers.clear()
    told = ask.get("/session")
    assert (told.status_code, told.json()["auth"]) == (401, "token")
    answer = ask.post("/login", json_body={"user": "", "password": TOKEN})
    assert answer.json() | {"csrf": ""} == {"user": "", "is_admin": True, "auth": "token", "csrf": ""}
    again = ask.get("/session", headers={"Cookie": cookie_of(answer)})
    assert again.json() == answer.json()
    for wrong in ({"user": "", "password": "other"}, {"user": "", "password": ""}, {"user": "ann", "password": "\ud800"}):
        answer = ask.post("/login", json_body=wrong)
        assert answer.status_code in (400, 401) and "Set-Cookie" not in answer.headers
    for odd in ({}, {"user": 1, "password": TOKEN}, {"password": TOKEN}, {"user": None, "password": [TOKEN]}):
        answer = ask.post("/login", json_body=odd)
        assert answer.status_code == 400 and TOKEN not in answer.text


def test_a_page_of_a_session_changes_only_what_it_says_itself(ask, logged_in):
    cookie = {"Cookie": logged_in["Cookie"]}
    assert ask.get(f"{API}/experiments/get?experiment_id=0", headers=cookie).status_code == 200
    for csrf in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": logged_in["Cookie"].partition("=")[2]}):
        answer = ask.post(f"{API}/experiments/create", json_body={"name": "x"}, headers=cookie | csrf)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "PERMISSION_DENIED")
    other = ask.post(f"{API}/experiments/create", json_body={"name": "x"}, headers=logged_in | {"Origin": "http://evil.example"})
    assert other.status_code == 403
    assert ask.post(f"{API}/experiments/create", json_body={"name": "x"}, headers=logged_in).status_code == 200
    assert ask.post("/login/link", json_body={}, headers=logged_in).status_code == 400, "a session does not live for ever by links"


def test_a_session_ends(ask, logged_in):
    assert ask.post("/logout", json_body={}, headers={"Cookie": logged_in["Cookie"]}).status_code == 403
    answer = ask.post("/logout", json_body={}, headers=logged_in)
    assert answer.status_code == 200 and "Max-Age=0" in answer.headers["Set-Cookie"]
    assert ask.get("/session", headers=logged_in).status_code == 401


def test_cookies_of_nobody(ask):
    ask.headers.clear()
    name = f"mlops-session-{ask.port}"
    for cookie in (f"{name}=", f"{name}=x", f"{name}={'x' * 5000}", f"{name}=\xff\x00", "=;=;", f"{name}={TOKEN}"):
        answer = ask.get("/session", headers={"Cookie": cookie})
        assert answer.status_code in (400, 401), cookie


def test_a_header_counts_more_than_a_cookie(ask, logged_in):
    wrong = logged_in | {"Authorization": "Bearer wrong"}
    assert ask.get("/session", headers=wrong).status_code == 401
    assert ask.get("/session", headers={"Cookie": logged_in["Cookie"], "Authorization": f"Bearer {TOKEN}"}).json()["csrf"] is None


def test_the_cookie_is_of_the_prefix_and_of_https():
    with served(current_store(), token=TOKEN, prefix="/ml") as ask:
        link = ask.post("/ml/login/link", json_body={}).json()["path"]
        assert link.startswith("/ml/login?once=")
        answer = ask.get(link, headers={"X-Forwarded-Proto": "https"})
        assert answer.headers["Location"] == "/ml/"
        assert "Path=/ml/" in answer.headers["Set-Cookie"] and "Secure" in answer.headers["Set-Cookie"]


def test_a_background_request_opens_no_window_of_the_browser(ask):
    ask.headers.clear()
    assert ask.get("/session").headers["WWW-Authenticate"].startswith("Basic")
    assert ask.get("/session", headers={"Sec-Fetch-Mode": "cors"}).headers["WWW-Authenticate"].startswith("Bearer")


def test_sessions_are_bounded_in_time_and_number(monkeypatch):
    now = 0.0
    sessions = Sessions(lambda: now)
    link, cookie = sessions.offer("ann", ""), sessions.begin("ann", "")
    now = 121.0
    assert sessions.redeem(link) is None and sessions.find(cookie)
    for _ in range(13):
        now += 12 * 3600 - 1
        if now < 7 * 86400:
            assert sessions.find(cookie).user == "ann"
    now = 7 * 86400
    assert sessions.find(cookie) is None
    idle = sessions.begin("ann", "")
    now += 12 * 3600
    assert sessions.find(idle) is None
    monkeypatch.setattr(kept, "MOST_SESSIONS", 3)
    cookies = [sessions.begin(f"u{index}", "") for index in range(5)]
    assert [bool(sessions.find(one)) for one in cookies] == [False, False, True, True, True]
