"""What is masked in text that is kept, and what is not as runs are made again with it."""

import pytest

from jupyter_mlops.context.secrets import mask_secrets


@pytest.mark.parametrize(
    "text",
    (
        "os.environ['DB_PASSWORD'] = 'rosebud'", '{"password": "rosebud"}', "login(auth_token='rosebud')", "passwd: str = f'rosebud'",
        "aws_secret_access_key='rosebud'", "+DB_PASSWORD = 'rosebud'", "if api_key == 'rosebud':",
    ),
)  # fmt: skip
def test_texts_given_to_names_like_secrets_are_masked(text):
    assert mask_secrets(text) == text.replace("rosebud", "***")


@pytest.mark.parametrize(
    "text",
    (
        "tokenizer = 'bert-base'", "eos_token='</s>'", "columns = ['password', 'username']", "password = getpass('password: ')",
        "password = os.environ['DB_PASSWORD']", "frame['password'] = frame['a'] + 'suffix'", "%%track secret 'some run'",
    ),
)  # fmt: skip
def test_what_only_sounds_so_stays(text):
    assert mask_secrets(text) == text
