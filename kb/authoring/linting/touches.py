"""What a step or a check touches, and the least risk that follows: the table of docs/authoring.md.

Takes command lines and the text of a step, gives the rows that they meet. A row names the commands that touch it and, for
steps done by hand, the words of an instruction to do so. What only reads meets none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Risk = Literal["none", "low", "medium", "high"]
ORDER: tuple[Risk, ...] = ("none", "low", "medium", "high")


class Touch(Struct, frozen=True):
    """A thing that steps touch: `risk` is the least that a step doing so can have."""

    name: str
    risk: Risk
    commands: str = ""
    words: str = ""


# In order of risk, so that the first row that a line meets is the gravest.
TOUCHES = (
    Touch("the schema or the preparation of a forest or domain", "high",
          r"/Prepare(?:Schema|AD|AllDomains|Domain)\b|\bschupgr\b|\badprep\b",
          r"\b(?:run|start|use)\b[^,]{0,30}/Prepare\w+|\b(?:extend|prepare) the (?:schema|forest|domain)\b|\bprepare that domain\b"),
    Touch("roles, metadata or demotion of domain controllers", "high",
          r"\bMove-ADDirectoryServerOperationMasterRole\b.*-Force\b|\bntdsutil\b|\bUninstall-ADDSDomainController\b"
          r"|\+allowDivergent\b|/removelingeringobjects\b(?!.*/advisory_mode)|/options\b.*\s-DISABLE_",
          r"\bseize (?:the|its|a) roles?\b|\bremove (?:its|the) (?:metadata|server object)|\bclean its metadata\b"
          r"|\bdemote (?:the|it|that)\b|\bmetadata cleanup\b"),
    Touch("the quorum of a cluster or pool", "high",
          r"\bReset-CsPoolRegistrarState\b|\bStart-ClusterNode\b.*-F(?:ix|orce)Quorum|\bclussvc\b.*/f(?:orcequorum|q)\b"
          r"|\b(?:Stop|Restore)-DatabaseAvailabilityGroup\b|\bkubeadm reset\b|--force-new-cluster\b",
          r"\bforce (?:the )?quorum\b|\bRestore-DatabaseAvailabilityGroup\b"),
    Touch("a root that the whole machine trusts", "high",
          r"\bImport-(?:Pfx)?Certificate\b.*\\(?:Auth)?Root\b|\bcertutil\b.*-addstore\s+(?:-\w+\s+)*\"?root\b|\bupdate-ca-(?:certificates|trust)\b",
          r"\b(?:put|import|add|deploy)\b[^,]{0,40}\broots?\b[^,]{0,40}\b(?:trusted roots?|clients?)\b"),
    Touch("databases, volumes or files that are lost", "high",
          r"\bRemove-(?:MailboxDatabase|Partition)\b|\bDROP\s+DATABASE\b|-DropExisting|\beseutil(?:\.exe)?\s+/p\b|REPAIR_ALLOW_DATA_LOSS"
          r"|\b(?:mkfs|wipefs|resize2fs|xfs_growfs|lvextend|lvreduce)\b|\bResize-Partition\b|\bClear-Disk\b|/ResetBase\b|\bInstall-CsDatabase\b",
          r"\bgrow the (?:volume|disk|filesystem)\b|\beseutil /p\b(?!\s+loses)|\bdelete the (?:database|transaction log|volume)"
          r"|\bempty the held file\b|\btruncate -s 0\b"),
    Touch("an installation that goes forward only", "high", r"/Mode:(?:Upgrade|RecoverServer)\b|\bInvoke-CsManagementServerFailover\b"),
    Touch("the firewall", "medium",
          r"\b(?:New|Set|Enable|Disable|Remove|Rename|Copy)-NetFirewall\w+|\bnetsh\b.*\bfirewall\b.*\b(?:add|set|delete|reset|import)\b"
          r"|\bufw\s+(?:--force\s+)?(?:allow|deny|reject|limit|delete|insert|enable|disable|reset)\b"
          r"|\bfirewall-cmd\b.*--(?:add|remove|change|set|reload|complete-reload|runtime-to-permanent)"
          r"|\bip6?tables\s+(?:-t\s+\w+\s+)?-[AIDRFPX]\b|\bnft\s+(?:add|insert|delete|flush|replace)\b|\bEnable-PSRemoting\b|\bwinrm\s+quickconfig\b",
          r"\b(?:open|allow|let|permit|unblock)\b[^,]{0,30}\b(?:TCP|UDP|ICMP|ports?|dynamic (?:RPC )?range)\b(?! of the container)|\badd a rule\b"),
    Touch("group policies and user rights", "medium",
          r"\bsecedit\b.*/configure|\b(?:Set|New|Remove|Import|Restore|Copy)-GP\w+|\bauditpol\b.*/(?:set|clear)|\bntrights\b|\bLGPO\b",
          r"\b(?:switch|turn) o(?:n|ff)\b[^,]{0,60}\bAdministrative Templates\b|\bexclude the server from that policy\b|\bgive\b[^,]{0,60}\buser right\b"),
    Touch("permissions and memberships", "medium",
          r"\bicacls\b.*/(?:grant|deny|remove|reset|setowner|inheritance|restore)|\bcacls\b.*/[egrpd]\b|\btakeown\b|\bSet-Acl\b|\bsubinacl\b"
          r"|\bdsacls\b.*\s/[GDRSI]\b|\bch(?:mod|own|grp)\b|\bsetfacl\b|\b(?:Grant|Revoke|Block|Unblock)-Smb\w+|\bUnblock-File\b"
          r"|\b(?:Add|Remove)-(?:AD|Local|DistributionGroup)\w*Member\b|\bnet\s+(?:local)?group\b.*/(?:add|delete)|\bsc(?:\.exe)?\s+sdset\b"
          r"|(?-i:\b(?:GRANT|REVOKE|DENY)\s+[A-Z]+\b)|\busermod\b|\bgpasswd\b|\bAdd-(?:AD|Mailbox)Permission\b|\bSet-ADGroup\b",
          r"\bgrant\b|\bgive\b[^,]{0,50}\b(?:read|write|full control|rights?|permissions?)\b|\badd the (?:account|user|login)\b[^,]{0,60}\bto\b"
          r"|\bremove the (?:one )?deny\b|\bturn inheritance on\b|\blet (?:it|the folder)[^,]{0,20} inherit\b"),
    Touch("service principal names and delegation", "medium",
          r"\bsetspn(?:\.exe)?\s+-[SADR]\b|-ServicePrincipalNames\b|\bSet-ADAccountControl\b|\bPrincipalsAllowedToDelegate"),
    Touch("the registry", "medium",
          r"\breg(?:\.exe)?\s+(?:add|delete|import|copy|restore|load|unload)\b|\bregedit(?:\.exe)?\s+/s\b"
          r"|\b(?:Set|New|Remove|Rename)-Item(?:Property)?\b[^|;]*(?:HK(?:LM|CU|CR|U)\b|Registry::|WSMan:)|HK[LC][MU]:[^;]*\|\s*Set-ItemProperty\b",
          r"\b(?:set|add|delete|create|raise)\b[^,]{0,60}\bbelow HK(?:LM|CU)\b"),
    Touch("certificates and their bindings", "medium",
          r"\bImport-(?:Pfx|Exchange)?Certificate\b|\bNew-SelfSignedCertificate\b|\b(?:Move|Remove)-Item\b[^|;]*Cert:|Cert:[^;]*\|\s*(?:Move|Remove)-Item\b"
          r"|\bcertutil\b.*-(?:addstore|delstore|repairstore|importpfx)\b|\bnetsh\s+http\s+(?:add|delete|update)\b|\b(?:Set|Remove)-CsCertificate\b"
          r"|\b(?:Enable|New|Remove)-ExchangeCertificate\b|\bSet-AuthConfig\b",
          r"\bbind (?:it|the certificate)\b|\bmove every certificate\b"),
    Touch("services that are stopped, restarted, disabled or set anew", "medium",
          r"\b(?:Stop|Restart|Suspend|Remove|New)-Service\b|\bSet-Service\b|\bnet\s+stop\b|\bsc(?:\.exe)?\s+(?:\\\\\S+\s+)?(?:stop|config|delete|create|failure)\b"
          r"|\bsystemctl\s+(?:\S+\s+)?(?:stop|restart|reload-or-restart|disable|mask|kill)\b|\bservice\s+\S+\s+(?:stop|restart)\b|\biisreset\b"
          r"|\b(?:Stop|Restart)-(?:Cs\w+|Web\w+|VM|Cluster\w+)\b|\bappcmd(?:\.exe)?\s+(?:stop|recycle)\b|\bdocker\s+(?:stop|restart|kill|rm)\b"
          r"|\bDismount-Database\b",
          r"\b(?:restart|stop|disable)\b (?:the |its |all |both |that )?(?:\w+ ){0,2}(?:services?|server|IIS|instance|daemon)\b(?! (?:of|in) your)"),
    Touch("the running machine or running work", "medium",
          r"\b(?:Restart|Stop)-Computer\b|\bshutdown(?:\.exe)?\s+[/-]|\breboot\b|\bStop-Process\b|\btaskkill\b|\bp?kill(?:all)?\s+-?\w|\blogoff\b|\brwinsta\b"
          r"|\b(?:Close|Remove)-Smb\w+|\bnet\s+(?:session|use|file)\b.*/(?:delete|close|d)\b|\|\s*Remove-PSSession\b|\bopenfiles\b.*/disconnect",
          r"\brestart (?:the |that |this )?(?:\w+ )?(?:machine|computer|servers)\b|\bend that (?:program|process)\b"),
    Touch("deletions", "medium",
          r"\bRemove-(?:Item\b|AD\w+|DnsServer\w+|LocalUser|Cs\w+|\w*VirtualDirectory|Web\w+|SmbShare)|\brm\s+(?!-?-?help)|\b(?:del|rd|rmdir|erase)\s+[/\"%a-z]"
          r"|\bdocker\s+\w+\s+prune\b|\bjournalctl\b.*--vacuum|\bappcmd(?:\.exe)?\s+delete\b|\bfind\b.*\s-delete\b|\bvssadmin\s+delete\b|\bwevtutil\s+cl\b|\bClear-EventLog\b"
          r"|\bdism\b.*/startcomponentcleanup|\bwinrm\s+delete\b",
          r"\b(?:delete|remove) the (?:old )?(?:record|object|key|files?|small files|account)\b"),
    Touch("the proxy of the whole machine", "medium",
          r"\bnetsh\s+winhttp\s+(?:set|import|reset)\b|\bbitsadmin\b.*/setieproxy|\bsetx\b.*proxy", r"\bset the proxy of the machine\b"),
    Touch("the execution policy", "medium", r"\bSet-ExecutionPolicy\b(?!.*-Scope\s+Process)"),
    Touch("routes and network adapters", "medium",
          r"\b(?:New|Set|Remove)-Net(?:Route|IP\w+|Adapter\w*|ConnectionProfile)\b|\b(?:Enable|Disable|Restart)-NetAdapter\w*|\broute\s+(?:-p\s+)?(?:add|delete|change)\b"
          r"|\bip\s+(?:-\d\s+)?(?:route|addr(?:ess)?|link|rule)\s+(?:add|del|delete|replace|set|change|flush)\b"
          r"|\bnetsh\s+(?:int\w*|interface)\b.*\b(?:set|add|delete|reset)\b|\bnmcli\s+\w+\s+(?:up|down|modify|delete)\b",
          r"\bset the gateway\b|\badd (?:the|a) (?:static )?route\b"),
    Touch("DNS servers, zones and records", "medium",
          r"\b(?:Add|Set|Remove|Import|Restore)-DnsServer\w+|\bSet-DnsClient\w+|\bdnscmd\b.*/(?:record(?:add|delete)|zone(?:add|delete|reset)|config)|\bnsupdate\b"
          r"|\bresolvectl\s+(?:dns|domain)\s+\S+\s+\S",
          r"\b(?:create|correct|delete|remove|change|write)\b[^,]{0,20}\b(?:record|zone)s?\b|\blet the server ask (?:the )?DNS servers\b"),
    Touch("accounts, passwords and logins", "medium",
          r"(?-i:\b(?:CREATE|ALTER|DROP)\s+(?:LOGIN|USER|ROLE|SERVER\s+ROLE)\b)|\bsp_(?:addlogin|droplogin|password|addsrvrolemember|change_users_login)\b"
          r"|\b(?:Set-ADAccountPassword|Reset-ComputerMachinePassword|Unlock-ADAccount|(?:Enable|Disable)-(?:ADAccount|LocalUser|Mailbox)|(?:Set|New|Restore)-AD(?:User|Computer|Object|OrganizationalUnit)"
          r"|(?:New|Set)-(?:LocalUser|Mailbox)|Test-ComputerSecureChannel\s.*-Repair)\b|\bnetdom(?:\.exe)?\s+(?:resetpwd|join|remove|reset)\b|\bnet\s+user\s+\S+\s+\S|\bpasswd\b|\bchpasswd\b|\bcmdkey\b.*/(?:add|delete)",
          r"\b(?:reset|set|change) the password of\b|\bset (?:a|its|the) (?:new )?password\b|\benter the new password\b"),
    Touch("the clock of the machine", "medium",
          r"\bSet-Date\b|\bw32tm\b.*/(?:config|unregister|register)\b|\bw32tm\b.*/resync\b|\bchronyc\b.*\bmakestep\b|\bntpdate\b(?!.*\s-q\b)|\bdate\s+-s\b|\btimedatectl\s+set-|\bhwclock\b.*-[ws]\b",
          r"\b(?:correct|set) the clock\b(?! (?:first|of the client))"),
    Touch("the configuration of a server program", "medium",
          r"\bappcmd(?:\.exe)?\s+(?:set|unlock|lock|clear|reset|restore|install|uninstall)\b|\b(?:Set|New|Clear)-Web\w+|\baspnet_regiis\b|\bsp_configure\b|\bALTER\s+(?:DATABASE|SERVER|ENDPOINT)\b"
          r"|\b(?:Set|New|Remove|Enable|Disable|Install|Uninstall|Publish)-(?:Cs|Exchange|OrganizationR)\w+|\bNew-\w+VirtualDirectory\b|\bMove-ADDirectoryServerOperationMasterRole\b|\bNew-ADReplication\w+"
          r"|\bSet-(?:PSSessionConfiguration|WSManInstance|Item\s+-Path\s+WSMan:)|\b(?:Enable|Disable)-Windows(?:Optional)?Feature\b|\b(?:Enable|Disable)-VM\w+|\bRestart-WebAppPool\b"
          r"|\bsysctl\s+(?:-w\s+)?[\w.]+=|\btune2fs\b.*\s-[mrOo]\b|\bsetquota\b|\bdcomcnfg\b|\bklist\b.*\s-li\s+0x3e7\s+purge|\bwusa\b.*/uninstall|\bsetx\b|\bnetsh\b.*\btrace\s+start\b"),
    Touch("something that is started, registered or written", "low",
          r"\bStart-(?:Service|CsWindowsService|CsPool|WebAppPool|VM)\b|\bnet\s+start\s+\S|\bsc(?:\.exe)?\s+start\b|\bsystemctl\s+(?:\S+\s+)?(?:start|enable)\b|\bappcmd(?:\.exe)?\s+start\b"
          r"|\bRegister-DnsClient\b|/registerdns\b|/dsregdns\b|\bMount-Database\b|\bInvoke-Cs(?:BackupServiceSync|ManagementStoreReplication)\b|\brepadmin(?:\.exe)?\s+/(?:syncall|replicate)\b"
          r"|\b(?:Copy|Move|Rename)-Item\b|\bNew-Item\b|\bInstall-WindowsFeature\b|\b(?:apt-get|dnf|yum|apk|choco|winget)\s+(?:-\w+\s+)?(?:install|remove|upgrade|clean)\b|\bwevtutil\s+sl\b"),
)  # fmt: skip

_COMMANDS = [(touch, re.compile(touch.commands, re.IGNORECASE)) for touch in TOUCHES]
_WORDS = [(touch, re.compile(touch.words, re.IGNORECASE)) for touch in TOUCHES if touch.words]
_CLAUSE = re.compile(r"(?<=[.;:?!)])\s+|\s*\(")
# Not an instruction: a question, a prohibition, a condition or an alternative that is named to be left alone.
_NO_ORDER = re.compile(r"\?$|\b(?:not|never|nor|cannot|without|instead of|unless)\b", re.IGNORECASE)


def in_commands(lines: Iterable[str]) -> Iterator[tuple[Touch, str]]:
    """Every row that a line touches, with the words that touch it."""
    for line in lines:
        for touch, pattern in _COMMANDS:
            found = pattern.search(line)
            if found:
                yield touch, found.group()[:60]


def in_text(text: str) -> Iterator[tuple[Touch, str]]:
    """Every row that the text of a step tells to touch."""
    for clause in _CLAUSE.split(text):
        if not _NO_ORDER.search(clause):
            for touch, pattern in _WORDS:
                found = pattern.search(clause)
                if found:
                    yield touch, found.group()[:60]


def gravest(found: Iterable[tuple[Touch, str]]) -> tuple[Touch, str] | None:
    """The row of the highest risk, the first where several are alike."""
    return max(found, key=lambda pair: ORDER.index(pair[0].risk), default=None)
