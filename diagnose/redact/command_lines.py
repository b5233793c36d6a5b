"""Secrets on command lines and in the settings of devices, where a blank stands between an option and its value.

Shells, Windows, databases, SNMP and network devices. Knows nothing of pseudonyms or counts (see redactor).
"""

from __future__ import annotations

from diagnose.redact.rule import ARGUMENT, VALUE, Q, Rule, make, password, redaction_told, scheme

_ARGS = r"[^\r\n|;]{0,300}?\s"  # of a command, before the option with the secret
_MYSQL = "mysql mysqldump mysqladmin mysqlimport mysql.exe mysqldump.exe mariadb mariadb-dump mariadb-admin"
_COMMUNITY = (
    "community communitystring community-string community_string communityname community_name rocommunity rwcommunity"
    " rocommunity6 rwcommunity6 snmpcommunity snmp_community snmp-community trapcommunity com2sec"
)

COMMANDS: tuple[Rule, ...] = (
    make(
        "password",
        r"(?i)[-/](?<![\w-][-/])-?(?:\w{1,20}-){0,4}(?:password|passwd|passphrase|pass|pwd|pw|secret|token|api-?key"
        rf"|access-?key|community)[ :]\s{{0,4}}(?![-/$(@]){VALUE}",
        judge=password,
        parts="pass pwd secret token key",
        words="-pw -community",
    ),
    make("password", r"(?i)-pass(?:in|out)?\s+pass:(?P<bare>\S+)", judge=password, parts="pass"),
    make(
        "password",
        rf"(?i)convertto-securestring\s{{1,4}}(?:-(?:string|asplaintext|force)\s{{1,4}}){{0,3}}(?![-$(]){ARGUMENT}",
        judge=password,
        words="convertto-securestring",
    ),
    make(
        "password",
        r"(?i)(?:'(?P<single>[^'\n]{1,256})'|\"(?P<double>[^\"\n]{1,256})\")\s?\|\s?convertto-securestring",
        judge=password,
        words="convertto-securestring",
    ),
    make(
        "password",
        r"(?i)\bnet1?(?:\.exe)?\s{1,4}user\s{1,4}(?:/\w{1,12}\s{1,4}){0,3}(?:\"[^\"\n]{1,80}\"|\S{1,80})\s{1,4}(?P<bare>(?![/*])\S+)",
        judge=password,
        words="net net1 net.exe",
    ),
    make(
        "password",
        r"(?i)\bnet(?:\.exe)?\s{1,4}use\s{1,4}(?:[a-z*]:?\s{1,4})?\\\\\S{1,200}(?:\s{1,4}/user:\S{1,100})?\s{1,4}",
        r"(?P<bare>(?![/*])\S+)",
        judge=password,
        words="net net.exe",
    ),
    make(
        "password",
        rf"\b(?:sshpass|[Pp]s[Ee]xec(?:64)?(?:\.exe)?|plink(?:\.exe)?|pscp|winrs|rdesktop|(?:docker|podman|az)\slogin)\b{_ARGS}"
        rf"-(?:pw|p)[:\s]{{0,4}}{ARGUMENT}",
        judge=password,
        words="sshpass psexec psexec.exe psexec64 psexec64.exe plink plink.exe pscp winrs rdesktop login",
    ),
    make("password", rf"\b(?:mysql\w*|mariadb\w*)\s(?:{_ARGS})?-p{ARGUMENT}", judge=password, words=_MYSQL),
    make(
        "password",
        rf"\b(?:sqlcmd|osql|isql|bcp)(?:\.exe)?\s{_ARGS}-P\s{{0,4}}{ARGUMENT}",
        judge=password,
        words="sqlcmd osql isql bcp sqlcmd.exe bcp.exe",
    ),
    make("password", rf"(?i)\b[xw]freerdp\s(?:{_ARGS})?/p:{ARGUMENT}", judge=password, words="xfreerdp wfreerdp"),
    make("password", r"(?i)(?:>|quote|command:)\s?(?-i:PASS)\s(?P<bare>\S+)", judge=redaction_told, words="pass"),
    make("password", r"(?i)\bAUTH\sPLAIN\s(?P<s>[A-Za-z0-9+/]{8,}={0,2})", words="plain"),
    make(
        "cookie",
        rf"\bcurl(?:\.exe)?\s(?:{_ARGS})?(?:-b|--cookie)[ =]{{1,2}}[\"']?(?P<s>[^\s=\"']{{1,128}}=[^\r\n\"']+)",
        words="curl curl.exe",
    ),
    make("password", rf"\bldap\w+\s{_ARGS}-w\s{{1,4}}{ARGUMENT}", judge=password, words="-w"),
    make("password", rf"\bredis-cli\s(?:{_ARGS})?-a\s{{1,4}}{ARGUMENT}", judge=password, words="redis-cli"),
    make(
        "password",
        rf"\b(?:curl|wget)(?:\.exe)?\s(?:{_ARGS})?(?:-u|--user)[ =]?\s{{0,4}}[\"']?[^\s:\"']{{1,100}}:{ARGUMENT}",
        judge=password,
        words="curl curl.exe wget wget.exe",
    ),
    make("password", rf"(?i)\bschtasks\b{_ARGS}/r?p\s{{1,4}}{ARGUMENT}", judge=password, words="schtasks schtasks.exe"),
    make("password", rf"\bsmbclient\s{_ARGS}-U\s{{0,4}}[^\s%]{{1,100}}%{ARGUMENT}", judge=password, words="smbclient"),
    make(
        "password",
        rf"(?im)(?:^\s{{0,8}}|config\sset\s)(?:requirepass|masterauth)\s{{1,4}}{ARGUMENT}",
        judge=password,
        words="requirepass masterauth",
    ),
    make(
        "password",
        r"(?i)(?:jdbc:oracle:\w+:|sqlplus\s+(?:-\w+\s+)?)[\w.$#-]{1,64}/(?P<s>[^\s@/]{1,128})@",
        words="oracle sqlplus",
    ),
    make(
        "password",
        rf"(?i)\b(?:(?:login|user(?:name)?)\s{{1,4}}\S{{1,80}}\s{{1,4}}password(?:\s{{1,4}}\d{{1,2}}(?=\s))?|(?:password|secret|key)\s{{1,4}}\d{{1,2}})\s{{1,4}}{ARGUMENT}",
        judge=redaction_told,
        words="password secret key",
    ),  # .netrc; IOS: "username bob password 7 070C285F4D06"
    make(
        "password",
        rf"(?i)\b(?:enable\s{{1,4}}(?:password|secret)|(?:tacacs|radius)-server\s(?:host\s\S{{1,80}}\s)?key|isakmp\skey)"
        rf"\s{{1,4}}{ARGUMENT}",
        judge=redaction_told,
        words="enable tacacs-server radius-server isakmp",
    ),
    make("snmp-community", rf"(?i)\bsnmp-server\s{{1,4}}community\s{{1,4}}{ARGUMENT}", words="snmp-server"),
    make(
        "snmp-community",
        rf"(?i)community(?:[ _-]?(?:string|name))?{Q}\s{{0,4}}[:=]\s{{0,4}}(?!\d{{1,10}}:\d){VALUE}",
        judge=password,
        words=_COMMUNITY,
    ),
    make(
        "snmp-community",
        rf"(?i)\b(?:(?:ro|rw)community6?|(?:snmp\s)?community[ _-]?string|snmp\scommunity|com2sec\s\S{{1,64}}\s{{1,8}}\S{{1,64}})\s{{1,8}}{ARGUMENT}",
        judge=scheme,
        words=_COMMUNITY,
    ),
    make(
        "snmp-community",
        rf"\bsnmp(?:walk|get|getnext|bulkwalk|bulkget|set|table|trap)\b{_ARGS}-c\s{{0,4}}{ARGUMENT}",
        judge=password,
        words="snmpwalk snmpget snmpgetnext snmpbulkwalk snmpbulkget snmpset snmptable snmptrap",
    ),
)
