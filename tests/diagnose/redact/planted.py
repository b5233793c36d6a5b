"""Secrets of every kind in the texts that they are found in: made anew from a seed, for tests that none of them leaks."""

from __future__ import annotations

import base64
import random
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ALNUM = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"
B64 = ALNUM + "+/"
URL64 = ALNUM + "-_"
HARD = ALNUM + "!#$%*+-./?@^_~"  # what people put into passwords, without blanks and quotes


def of(alphabet: str, size: int) -> Callable[[random.Random], str]:
    """A random text that has a letter and a digit, as generated secrets have."""
    return lambda dice: "".join(dice.choices(alphabet, k=size - 2)) + "a7"


def password(dice: random.Random) -> str:
    return dice.choice(ALNUM) + "".join(dice.choices(HARD, k=dice.randint(7, 20))) + dice.choice(ALNUM)


def word_like(dice: random.Random) -> str:
    return dice.choice(
        ("Sommer2024", "hunter2", "Passw0rd", "letmein1", "P@ssw0rd!", "S3cr3t", "changeit1", "Tr0ub4dor&3")
    )


def jwt(dice: random.Random) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256"}').decode().rstrip("=")
    body = base64.urlsafe_b64encode(f'{{"sub":"{dice.random()}"}}'.encode()).decode().rstrip("=")
    return f"{head}.{body}.{of(URL64, 43)(dice)}"


def basic(dice: random.Random) -> str:
    return base64.b64encode(f"user{dice.randint(1, 99)}:{of(ALNUM, 10)(dice)}".encode()).decode()


def pem_body(dice: random.Random) -> str:
    return "\n".join(of(B64, 64)(dice) for _ in range(6)) + "\n" + of(B64, 22)(dice) + "=="


# kind: how it is made, and the lines it stands in
PLANTED: dict[str, tuple[Callable[[random.Random], str], tuple[str, ...]]] = {
    "password in a URL": (
        of(ALNUM, 12),
        ("fatal: unable to access 'https://bob:{}@git.contoso.com/x.git/'", "redis://:{}@10.0.0.5:6379/0"),
    ),
    "password with signs in a URL": (
        lambda d: of(ALNUM, 6)(d) + "@!" + of(ALNUM, 4)(d),
        ("amqp://svc:{}@rabbit:5672/vhost",),
    ),
    "token in a URL": (of(ALNUM, 40), ("cloning https://{}@github.com/contoso/app.git",)),
    "password=": (
        password,
        ("login failed, password={}", "db_password = {}", "DB_PASSWORD={} ./run.sh", "passwd={}&user=bob"),
    ),
    "common password=": (word_like, ("login failed: user=bob password={} host=db01", "Password: {}")),
    "pwd in a connection string": (
        password,
        ("Server=sql01;Database=x;User Id=sa;Pwd={};Encrypt=yes", "Data Source=sql01;Password={};Timeout=5"),
    ),
    "password in JSON": (
        password,
        ('{{"user":"bob","password":"{}","port":5432}}', '{{"log":"{{\\"password\\":\\"{}\\"}}"}}'),
    ),
    "password in XML": (of(ALNUM, 14), ("<Password>{}</Password>", '<add key="DbPassword" value="{}" />')),
    "password in YAML": (password, ("  password: '{}'", '  smtp_password: "{}"')),
    "password of a command": (
        of(ALNUM, 12),
        (
            "mysql -h db01 -u root -p{} app",
            "sshpass -p {} ssh bob@web01",
            "curl -u bob:{} https://h/",
            "deploy --password {} -v",
            "xfreerdp /u:bob /p:x /password:{}",
        ),
    ),
    "net user": (of(ALNUM, 12), ("net user bob {} /add", "net use Z: \\\\fs01\\share {} /user:CONTOSO\\bob")),
    "secure string": (
        password,
        ('ConvertTo-SecureString "{}" -AsPlainText -Force', "ConvertTo-SecureString -String '{}' -AsPlainText"),
    ),
    "SQL password": (of(ALNUM, 12), ("CREATE USER app IDENTIFIED BY '{}'", "ALTER LOGIN sa WITH PASSWORD = N'{}'")),
    "private key": (
        pem_body,
        ("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", "x -----BEGIN PRIVATE KEY-----\n{}"),
    ),
    "JWT": (jwt, ("Authorization: Bearer {}", "id_token={}", "got {} from issuer")),
    "AWS key id": (
        lambda d: "AKIA" + "".join(d.choices(UPPER, k=16)),
        ("aws_access_key_id = {}", "InvalidAccessKeyId: {} does not exist"),
    ),
    "AWS secret": (of(B64, 40), ("aws_secret_access_key = {}", '"SecretAccessKey": "{}"', "AKIAIOSFODNN7EXAMPLE:{}")),
    "GitHub token": (
        lambda d: d.choice(("ghp_", "gho_", "ghs_")) + of(ALNUM, 36)(d),
        ("token {} is bad", "GITHUB_TOKEN={}"),
    ),
    "GitHub fine-grained": (lambda d: f"github_pat_{of(ALNUM, 22)(d)}_{of(ALNUM, 59)(d)}", ("remote: {}",)),
    "GitLab token": (lambda d: "glpat-" + of(URL64, 20)(d), ("PRIVATE-TOKEN: {}", "using {} for clone")),
    "Slack token": (lambda d: f"xoxb-{d.randint(10**11, 10**12)}-{of(ALNUM, 24)(d)}", ("slack: {} invalid_auth",)),
    "Slack webhook": (
        lambda d: f"T{of(UPPER, 9)(d)}/B{of(UPPER, 9)(d)}/{of(ALNUM, 24)(d)}",
        ("POST https://hooks.slack.com/services/{} 404",),
    ),
    "sk- key": (
        lambda d: f"sk-{d.choice(('proj', 'ant-api03', 'svcacct'))}-{of(URL64, 60)(d)}7",
        ("OPENAPI_KEY={}", "bad key {}"),
    ),
    "npm token": (lambda d: "npm_" + of(ALNUM, 36)(d), ("//registry/:_authToken={}", "npm ERR! {}")),
    "PyPI token": (lambda d: "pypi-AgEIcHlwaS5vcmc" + of(URL64, 60)(d), ("403 for {}",)),
    "Bearer": (
        of(URL64, 32),
        ("Authorization: Bearer {}", "-H 'Authorization: Bearer {}' https://h/", "sent bearer {}"),
    ),
    "Basic": (basic, ("Authorization: Basic {}", "Proxy-Authorization: Basic {}", '"auth": "{}"')),
    "Azure storage key": (
        lambda d: of(B64, 86)(d) + "==",
        (
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={};EndpointSuffix=core.windows.net",
            "SharedAccessKeyName=Root;SharedAccessKey={}",
        ),
    ),
    "SAS signature": (
        lambda d: of(ALNUM, 40)(d) + "%3D",
        ("https://a.blob.core.windows.net/c?sv=2020-08-04&sp=r&sig={}", "GET /c?sig={}&se=2024"),
    ),
    "Azure client secret": (
        lambda d: f"{of(ALNUM, 3)(d)}8Q~{of(URL64, 34)(d)}",
        ("AADSTS7000215: Invalid client secret {} provided",),
    ),
    "Google key": (lambda d: "AIza" + of(URL64, 35)(d), ("GET /maps?key={} 403", "API key {} not valid")),
    "Stripe key": (lambda d: d.choice(("sk_live_", "rk_test_")) + of(ALNUM, 24)(d), ("Invalid API Key provided: {}",)),
    "cookie": (of(ALNUM, 26), ("Cookie: sid={}; theme=dark", "Set-Cookie: auth={}; Path=/; HttpOnly")),
    "session": (of(UPPER, 32), ("GET /app;jsessionid={} 500", "PHPSESSID={} expired", "ASP.NET_SessionId={}; path=/")),
    "SNMP community": (
        of(ALNUM, 10),
        ("snmp-server community {} RO", "snmpwalk -v2c -c {} 10.0.0.1", "community string: {}"),
    ),
    "API key": (of(HEX, 32), ("api_key={}", "X-Api-Key: {}", '"apiKey": "{}"', "key-{}")),
    "client secret": (of(URL64, 32), ("client_secret={}&grant_type=client_credentials", "clientSecret: {}")),
    "access token": (of(URL64, 48), ("?access_token={}&x=1", '"refresh_token":"{}"', "x-auth-token: {}")),
    "OpenAI key": (lambda d: "sk-proj-" + of(URL64, 48)(d), ("Incorrect API key provided: {}.",)),
    "SendGrid key": (lambda d: f"SG.{of(URL64, 22)(d)}.{of(URL64, 43)(d)}", ("using {}",)),
    "Telegram token": (lambda d: "AA" + of(URL64, 33)(d), ("https://api.telegram.org/bot1234567890:{}/getMe",)),
    "password hash": (lambda d: f"{of(ALNUM, 8)(d)}${of(ALNUM + './', 86)(d)}", ("root:$6${}:19000:0:99999:7:::",)),
    "Vault token": (lambda d: "hvs." + of(URL64, 90)(d), ("VAULT_TOKEN={}", "permission denied for {}")),
    "Oracle password": (of(ALNUM, 10), ("jdbc:oracle:thin:scott/{}@//db01:1521/ORCL", "sqlplus scott/{}@orcl")),
    "wireless key": (of(ALNUM, 16), ('wpa_psk="{}"', "psk={}")),
    "PEM behind a prefix": (
        lambda d: "\n".join(of(B64, 64)(d) for _ in range(4)),
        ("{}",),
    ),
    "Kubernetes Secret": (
        lambda d: base64.b64encode(of(ALNUM, 12)(d).encode()).decode(),
        (
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  user: YWRtaW4=\n  dbpw: {}\n",
            '{{"apiVersion":"v1","data":{{"a":"YQ==","dbpw":"{}"}},"kind":"Secret"}}',
            'x: {{\\"kind\\":\\"Secret\\",\\"data\\":{{\\"dbpw\\":\\"{}\\"}}}}',
            "kind: Secret\nstringData:\n  conn: {}\n",
        ),
    ),
    "keytab key": (
        lambda d: "0x" + "".join(d.choices(HEX, k=d.choice((32, 64)))),
        (
            "   1 11/21/26 10:00:00 HTTP/web01@CONTOSO.COM (aes256-cts-hmac-sha1-96)  ({})",
            "Vno 3 Type arcfour-hmac Key: {}",
            "keysize 86 HTTP/x@Y ptype 1 vno 3 etype 0x12 (AES256-SHA1) keylength 32 ({})",
        ),
    ),
    "unattend.xml": (
        of(ALNUM, 20),
        (
            "<AdministratorPassword>\n  <Value>{}</Value>\n  <PlainText>false</PlainText>",
            "<AutoLogon><Password><Value>{}</Value></Password></AutoLogon>",
        ),
    ),
    "BitLocker": (
        lambda d: "-".join(f"{11 * d.randint(0, 65_535):06}" for _ in range(8)),
        ("    Password:\n      {}", "Recovery key: {}", "manage-bde -unlock C: -rp {}"),
    ),
    "app password": (
        lambda d: " ".join("".join(d.choices(string.ascii_lowercase, k=4)) for _ in range(4)),
        ("app password: {}", "smtp login with password '{}'", "smtp password = {}", "Application Password: {}"),
    ),
    "one-time code": (
        lambda d: f"{d.randint(100_000, 999_999)}",
        (
            "Your verification code is {}",
            "one-time code: {}",
            "otp={} user=bob",
            "use {} as your verification code",
            "{} is your Contoso code",
            '"mfa_code": "{}"',
        ),
    ),
    "TOTP secret": (
        lambda d: "".join(d.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=32)),
        ("otpauth://totp/x?secret={}",),
    ),
    "NetNTLM": (
        lambda d: f"{of(HEX, 32)(d)}:{of(HEX, 120)(d)}",
        ("bob::CONTOSO:1122334455667788:{}", "[SMB] NTLMv2-SSP Hash     : bob::CONTOSO:1122334455667788:{}"),
    ),
    "NetNTLMv1": (lambda d: f"{of(HEX, 48)(d)}:{of(HEX, 48)(d)}", ("bob::CONTOSO:{}:1122334455667788",)),
    "NTLM type 3": (
        lambda d: base64.b64encode(b"NTLMSSP\0\3\0\0\0\x18\0\x18\0" + d.randbytes(90)).decode(),
        ("sending {}", "C: {}", '"token":"{}"'),
    ),
    "Kerberos hash": (
        lambda d: f"{of(HEX, 32)(d)}${of(HEX, 160)(d)}",
        ("$krb5tgs$23$*svc$CONTOSO.COM$http/web01*${}", "$krb5asrep$23$bob@CONTOSO.COM:{}"),
    ),
    "Kerberos ticket": (
        lambda d: base64.b64encode(bytes.fromhex("768205ea308205e6a003020105a103020116") + d.randbytes(120)).decode(),
        ("ticket: {}", "base64(ticket.kirbi):\n\n      {}\n"),
    ),
    "product key": (
        lambda d: "-".join("".join(d.choices("BCDFGHJKMPQRTVWXY2346789", k=5)) for _ in range(5)),
        ("Product key: {}", "slmgr /ipk {}", "cscript slmgr.vbs -ipk {}", "installed {}."),
    ),
    "Terraform Cloud": (
        lambda d: f"{of(ALNUM, 14)(d)}.atlasv1.{of(URL64, 60)(d)}",
        ("got {}", 'credentials "app.terraform.io" {{ token = "{}" }}', "TF_TOKEN_app_terraform_io={}"),
    ),
    "Discord token": (
        lambda d: (
            f"{base64.b64encode(str(d.randint(10**17, 10**18 - 1)).encode()).decode()}.{of(URL64, 6)(d)}.{of(URL64, 38)(d)}"
        ),
        ("login {}", "Authorization: Bot {}"),
    ),
    "JFrog token": (
        lambda d: d.choice(("AKCp", "cmVmdGtu")) + of(ALNUM, 69)(d),
        ("curl -H X-JFrog-Art-Api:{} h", "using {}", "JFROG_ACCESS={}"),
    ),
    "view state": (
        lambda d: "/wEPDw" + base64.b64encode(d.randbytes(60)).decode(),
        (
            "__VIEWSTATE={}&x=1",
            '<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{}" />',
            "ViewState: {}",
        ),
    ),
    "card number": (
        lambda d: d.choice(("4111 1111 1111 1111", "5500-0055-5555-5559", "4012888888881881", "378282246310005")),
        ("card number: {}", "card={} declined", '"cardNumber":"{}"'),
    ),
    "IBAN": (
        lambda d: d.choice(("DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606")),
        ("transfer from {} failed", "IBAN: {}"),
    ),
    "IBAN in groups": (lambda d: "DE89 3704 0044 0532 0130 00", ("IBAN {} is blocked",)),
    "1Password key": (
        lambda d: f"A3-{of(UPPER, 6).__call__(d).upper()}-{'A' * 11}-{'B' * 5}-{'C' * 5}-{'D' * 5}",
        ("secret {}",),
    ),
    "Sentry token": (lambda d: "sntrys_" + of(ALNUM, 60)(d), ("auth {}",)),
    "Sonar token": (lambda d: "squ_" + of(HEX, 39)(d)[:38] + "07", ("sonar {}",)),
    "OpenShift token": (lambda d: "sha256~" + of(URL64, 43)(d), ("oc login --token={}", "user {}")),
    "Airtable token": (lambda d: f"pat{of(ALNUM, 14)(d)}.{of(HEX, 64)(d)}", ("bad {}",)),
    "HubSpot token": (lambda d: f"pat-na1-{of(HEX, 36)(d)}", ("bad {}",)),
    "Octopus key": (lambda d: "API-" + "".join(d.choices(UPPER, k=26)), ("octo push --server x {}",)),
    "Heroku key": (lambda d: "HRKU-AA" + of(URL64, 58)(d), ("bad {}",)),
    "New Relic key": (lambda d: "NRII-" + of(URL64, 32)(d), ("bad {}",)),
    "Mapbox token": (lambda d: f"pk.eyJ{of(ALNUM, 60)(d)}.{of(URL64, 22)(d)}", ("GET /tiles {}",)),
    "Mailchimp key": (lambda d: f"{of(HEX, 32)(d)}-us12", ("mailchimp {}",)),
    "Netlify token": (lambda d: "nfp_" + of(ALNUM, 36)(d), ("bad {}",)),
    "Fly token": (lambda d: "fo1_" + of(URL64, 43)(d), ("bad {}",)),
    "Sourcegraph token": (lambda d: "sgp_" + of(HEX, 40)(d), ("bad {}",)),
    "Yandex key": (lambda d: "AQVN" + of(URL64, 37)(d), ("bad {}",)),
    "Plaid token": (lambda d: f"access-sandbox-{of(HEX, 36)(d)}", ("bad {}",)),
    "Packagist token": (lambda d: f"packagist_ort_{of(HEX, 68)(d)}", ("bad {}",)),
}


def prefixed(before: str, text: str) -> str:
    """A text of one line, or of Base64, behind what a logger puts before a line; other texts have their own lines."""
    lines = text.split("\n")
    return (
        "\n".join(before + line for line in lines)
        if all(" " not in line for line in lines)
        else before * (len(lines) == 1) + text
    )


def planted(seed: int, rounds: int) -> list[tuple[str, str, str]]:
    """(kind, secret, text) for every line of every kind, `rounds` times, amid ordinary text."""
    dice = random.Random(seed)
    made = []
    for _ in range(rounds):
        for kind, (make, lines) in PLANTED.items():
            for line in lines:
                secret = make(dice)
                before = dice.choice(("", "2024-05-01 10:00:00 ERROR [main] ", "May 1 10:00:00 web01 app[12]: "))
                made.append((kind, secret, prefixed(before, line.format(secret))))
    return made


def leaks(secret: str, text: str) -> bool:
    """Whether the secret, or a line of it, is still there."""
    return any(part in text for part in secret.splitlines())
