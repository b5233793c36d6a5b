"""Tokens that are known by their first letters, by kind.

Each row: the kind, the first three letters in lower case (the stems that make redact try the row), and the pattern.
A token starts where a word starts. Kinds and lengths are those that public scanners look for (trivy, builtin rules;
gitleaks, configuration) and that vendors document.
"""

from __future__ import annotations

TOKENS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("github-token", "ghp gho ghu ghs ghr git", (r"gh[pousr]_[A-Za-z0-9]{20,}", r"github_pat_\w{20,}")),
    (
        "gitlab-token",
        "glp gld glr glc glf gls gla glo gli gr1",
        (r"gl(?:pat|dt|rt|ptt|cbt|ft|soat|agent|oas|imt)-[\w.=-]{16,}", r"GR1348941[\w-]{16,}"),
    ),
    ("slack-token", "xox xap", (r"xox[a-z](?:\.xox[a-z])?-[\w-]{10,}", r"xapp-[\w-]{10,}")),
    ("npm-token", "npm", (r"npm_[A-Za-z0-9]{30,}",)),
    ("pypi-token", "pyp", (r"pypi-[\w-]{32,}",)),
    ("google-key", "aiz ya2 goc", (r"AIza[\w-]{35}", r"ya29\.[\w-]{20,}", r"GOCSPX-[\w-]{20,}")),
    ("stripe-key", "sk_ rk_ pk_ whs", (r"[srp]k_(?:live|test)_[A-Za-z0-9]{10,}", r"whsec_[\w+/=]{16,}")),
    (
        "aws-key-id",
        "aki asi agp aid aro aip anp anv abi acc a3t",
        (r"(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])",),
    ),
    ("jwt", "eyj", (r"eyJ[\w-]{8,}(?:\.[\w-]*){1,4}", r"eyJ[\w-]{40,}")),
    ("sk-key", "sk-", (r"sk-(?=[\w-]{0,60}\d)[\w-]{20,}",)),  # several vendors; a digit tells it from a hyphenated name
    ("hashicorp-token", "hvs hvb hvr", (r"hv[sbr]\.[\w-]{20,}",)),
    ("shopify-token", "shp", (r"shp(?:at|ss|ca|pa)_[A-Fa-f0-9]{32}",)),
    ("sendgrid-key", "sg.", (r"SG\.[\w-]{16,}\.[\w-]{16,}",)),
    ("docker-token", "dck", (r"dckr_(?:pat|oat)_[\w-]{20,}",)),
    ("digitalocean-token", "dop doo dor", (r"do[opr]_v1_[a-f0-9]{40,}",)),
    ("databricks-token", "dap", (r"dapi[a-f0-9]{32}(?:-\d)?",)),
    ("grafana-token", "gls glc", (r"gl(?:sa|c)_[\w+/=]{30,}",)),
    ("atlassian-token", "ata", (r"ATATT3[\w=-]{20,}", r"ATCTT3[\w=-]{20,}", r"ATBB[A-Za-z0-9]{28,}")),
    ("twilio-key", "sk0 sk1 sk2 sk3 sk4 sk5 sk6 sk7 sk8 sk9 ska skb skc skd ske skf", (r"SK[0-9a-fA-F]{32}(?![\w-])",)),
    ("mailgun-key", "key", (r"key-[0-9a-f]{32}",)),
    ("age-key", "age", (r"AGE-SECRET-KEY-1[A-Z0-9]{50,}",)),
    ("huggingface-token", "hf_", (r"hf_[A-Za-z0-9]{30,}",)),
    (
        "token",
        "nra sq0 xke shi eza ezt dt0 flw lta pma clo duf tfp fio p8e ops ntn sec fig lsv gsk r8_ eaa rub lin dp. psc pul oy2 sl.",
        (
            r"NRAK-[A-Z0-9]{20,}",
            r"sq0(?:atp|csp)-[\w-]{20,}",
            r"xkeysib-[a-f0-9]{40,}[\w-]*",
            r"shippo_(?:live|test)_[a-f0-9]{40}",
            r"EZ[AT]K[A-Za-z0-9]{50,}",
            r"dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}",
            r"FLWSECK(?:_TEST)?-[\w-]{12,}",
            r"LTAI[A-Za-z0-9]{16,24}",
            r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
            r"CLOJARS_[a-z0-9]{60}",
            r"duffel_(?:live|test)_[\w=-]{40,}",
            r"tfp_[\w.=-]{40,}",
            r"fio-u-[\w=-]{60,}",
            r"p8e-[a-z0-9]{32}",
            r"ops_eyJ[\w+/=-]{40,}",
            r"ntn_[A-Za-z0-9]{40,}",
            r"secret_[A-Za-z0-9]{40,}",
            r"figd_[\w-]{30,}",
            r"lsv2_(?:pt|sk)_[\w-]{30,}",
            r"gsk_[A-Za-z0-9]{40,}",
            r"r8_[A-Za-z0-9]{30,}",
            r"EAA[A-Za-z0-9]{60,}",
            r"rubygems_[a-f0-9]{40,}",
            r"lin_api_[A-Za-z0-9]{30,}",
            r"dp\.(?:pt|st|ct|sa)\.[\w.]{40,}",
            r"pscale_(?:tkn|pw|oauth)_[\w.=-]{30,}",
            r"pul-[a-f0-9]{40}",
            r"oy2[a-z0-9]{43}",
            r"sl\.[\w-]{100,}",
        ),
    ),
)
