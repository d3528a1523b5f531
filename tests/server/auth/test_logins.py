"""Users who log in: by password, token and page; wrong, too often, and with odd headers."""

import base64
import concurrent.futures
import logging
import statistics
import time

import pytest

from jupyter_mlops.server.auth.known_users import KnownUsers
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.tracking.settings import current_store
from tests.server.auth.people import PASSWORD, bearer, make_people
from tests.server.live import served

API = "/api/2.0/mlflow"
ASK = f"{API}/experiments/get?experiment_id=0"


@pytest.fixture
def scene():
    accounts, headers = make_people(current_store())
    with served(current_store(), token=None, authority=KnownUsers(accounts, Level.READ)) as client:
        yield accounts, client, headers
    accounts.database.close()


def log_in(client, user="reader", password=PASSWORD):
    answer = client.post("/login", json_body={"user": user, "password": password})
    assert answer.status_code == 200, answer.text
    cookie = {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}
    return cookie | {"X-CSRF-Token": answer.json()["csrf"]}


def test_a_password_and_a_token_and_a_page_are_the_same_user(scene):
    _accounts, client, headers = scene
    token = headers["reader"]["Authorization"].partition(" ")[2]
    for given in ({"auth": ("reader", PASSWORD)}, {"headers": headers["reader"]}, {"auth": ("reader", token)}, {"headers": log_in(client)}):
        told = client.get("/session", **given).json()
        assert (told["user"], told["is_admin"], told["auth"]) == ("reader", False, "users")
    wrong = [("reader", "x" * 12), ("reader", ""), ("", PASSWORD), ("nobody", PASSWORD), ("admin", token), ("reader:x", PASSWORD), ("READER", PASSWORD), ("x" * 3000, PASSWORD)]
    for user, password in wrong:
        answer = client.get(ASK, auth=(user, password))
        assert (answer.status_code, answer.json()["error_code"]) == (401, "UNAUTHENTICATED"), user
        assert answer.headers["WWW-Authenticate"].startswith("Basic") and answer.json()["auth"] == "users"
    assert client.get("/session", auth=("", token)).json()["user"] == "reader"


def test_an_error_tells_not_whether_there_is_such_a_user(scene):
    _, client, _ = scene
    texts = {client.get(ASK, auth=(user, "wrong password")).text for user in ("reader", "nobody", "admin")}
    assert len(texts) == 1

    def took(user):  # work of the server, which is a thread here: what else the machine does is left out
        began = time.process_time()
        client.get(ASK, auth=(user, "wrong password"))
        return time.process_time() - began

    times = {user: statistics.median(took(user) for _ in range(4)) for user in ("reader", "nobody")}
    assert 0.4 < times["reader"] / times["nobody"] < 2.5, times


def test_passwords_cannot_be_tried_out(scene):
    _accounts, client, headers = scene
    page = log_in(client)
    assert client.get(ASK, auth=("reader", PASSWORD)).status_code == 200
    answers = [client.get(ASK, auth=("reader", f"wrong password {index}")) for index in range(12)]
    assert [answer.status_code for answer in answers[:10]] == [401] * 10
    late = answers[-1]
    assert (late.status_code, late.json()["error_code"]) == (429, "REQUEST_LIMIT_EXCEEDED")
    assert 0 < int(late.headers["Retry-After"]) <= 60 and "seconds" in late.json()["message"]
    assert client.post("/login", json_body={"user": "reader", "password": "wrong password"}).status_code == 429
    assert client.get(ASK, auth=("reader", PASSWORD)).status_code == 200, "who was right a moment ago goes on"
    assert client.get("/session", headers=page).status_code == 200 and client.get(ASK, headers=headers["reader"]).status_code == 200
    assert client.get(ASK, auth=("manager", PASSWORD)).status_code == 200, "others log in"
    codes = (client.get(ASK, auth=(f"nobody {index}", "wrong password")).status_code for index in range(200))
    assert 429 in codes, "nor can names, from one address"
    assert client.get(ASK, headers=bearer("mlops_wrong")).status_code == 401


def test_many_at_once_are_counted_too(scene):
    _, client, _ = scene
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        codes = list(pool.map(lambda index: client.get(ASK, auth=("reader", f"wrong {index}")).status_code, range(24)))
    assert codes.count(401) <= 12 and codes.count(429) >= 12 and set(codes) == {401, 429}


@pytest.mark.parametrize(
    "value",
    ["Bearer " + "x" * 20_000, "Basic " + "A" * 20_000, "Basic \xff\xfe\x80", "Bearer \u00e9", "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
     "Basic " + base64.b64encode(b"reader\0:x").decode(), "bearer", "Basic ====", "Bearer a b c", "\tBearer x", "Digest username=reader", "Basic Og=="],
)  # fmt: skip
def test_odd_headers_are_refused_in_words(scene, value):
    _, client, _ = scene
    answer = client.get(ASK, headers={"Authorization": value.encode("latin-1")})
    assert answer.status_code in (400, 401, 431)


def test_two_headers_say_nothing(scene):
    _, client, headers = scene
    good = headers["admin"]["Authorization"]
    twice = {"Authorization": good, "authorization": good}
    assert client.get(ASK, headers=twice).status_code == 401


def test_names_bent_to_it_and_other_pages_are_refused_before_anybody_is_asked(scene):
    _, client, headers = scene
    for host in ("evil.example", "localhost.evil.example", ""):
        assert client.get(ASK, headers=headers["admin"] | {"Host": host}).status_code in (400, 403)
        assert client.post("/login", json_body={"user": "reader", "password": PASSWORD}, headers={"Host": host}).status_code in (400, 403)
    for origin in ("http://evil.example", "null", "http://[", "http://localhost]", "", f"https://localhost:{client.port}.evil"):
        answer = client.post("/login", json_body={"user": "reader", "password": PASSWORD}, headers={"Origin": origin})
        assert answer.status_code == 403 and "Set-Cookie" not in answer.headers
    assert client.request("HEAD", "/login", params={"user": "reader", "password": PASSWORD}).status_code == 400, "a page may ask so without its origin"
    form = client.post("/login", content=b"user=reader", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert form.status_code == 400


def test_strangers_have_little_kept_in_memory(scene):
    _, client, _ = scene
    answer = client.post("/login", json_body={"user": "reader", "password": PASSWORD, "more": "x" * 20_000})
    assert answer.status_code == 400 and "bytes" in answer.text


def test_sessions_are_those_of_the_user_as_they_are(scene):
    accounts, client, _ = scene
    page, other = log_in(client), log_in(client, "editor")
    assert client.get("/session", headers=page).json()["is_admin"] is False
    assert client.get("/metrics", headers=page).status_code == 403
    accounts.users.set_admin("reader", True)
    assert client.get("/session", headers=page).json()["is_admin"] is True
    assert client.get("/metrics", headers=page).status_code == 200
    accounts.users.set_password("reader", PASSWORD + " 2")
    assert client.get("/session", headers=page).status_code == 401, "the old password's sessions are over"
    accounts.users.delete("editor")
    assert client.get("/session", headers=other).status_code == 401
    assert client.post(f"{API}/experiments/create", json_body={"name": "x"}, headers=other).status_code == 401


def test_ones_own_password_is_changed_by_who_knows_it(scene):
    _, client, headers = scene
    new = {"username": "reader", "password": "another password"}
    for given in ({"headers": headers["reader"]}, {"headers": log_in(client)}, {"headers": headers["editor"]}):
        assert client.request("PATCH", f"{API}/users/update-password", json_body=new, **given).status_code == 403
    basic = {"auth": ("reader", PASSWORD)}
    wrong = client.request("PATCH", f"{API}/users/update-password", json_body=new | {"current_password": "wrong one here"}, **basic)
    assert wrong.status_code == 400
    done = client.request("PATCH", f"{API}/users/update-password", json_body=new | {"current_password": PASSWORD}, **basic)
    assert done.status_code == 200
    assert client.get(ASK, **basic).status_code == 401 and client.get(ASK, auth=("reader", "another password")).status_code == 200


def test_nothing_secret_is_logged(scene, caplog):
    _, client, headers = scene
    with caplog.at_level(logging.DEBUG):
        page = log_in(client)
        client.get(ASK, auth=("reader", "a wrong password"))
        client.get(ASK, headers=headers["admin"])
        client.post(f"{API}/users/create", json_body={"username": "u", "password": "a fresh password"}, headers=headers["admin"])
    token = headers["admin"]["Authorization"].partition(" ")[2]
    for secret in (PASSWORD, "a wrong password", "a fresh password", token, page["Cookie"].partition("=")[2], page["X-CSRF-Token"]):
        assert secret not in caplog.text


def test_a_broken_file_of_users_lets_nobody_in_and_is_not_told_to_strangers(scene, caplog):
    accounts, client, headers = scene
    accounts.database.close()
    with open(accounts.database.path, "r+b") as file:
        file.write(b"no database at all, but something else")
    with caplog.at_level(logging.ERROR):
        for given in ({"auth": ("reader", PASSWORD)}, {"headers": headers["admin"]}):
            answer = client.get(ASK, **given)
            assert (answer.status_code, answer.json()["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")
            assert "users.db" not in answer.text
        assert client.post("/login", json_body={"user": "reader", "password": PASSWORD}).status_code == 503
    assert accounts.database.path in caplog.text
