"""Outputs of Test-NetConnection, telnet, nc, netstat and the cmdlets about services."""

from __future__ import annotations

from output_sample import Sample, sample

FE02 = {"host": "fe02.contoso.com", "address": "10.0.0.12", "port": "9001"}

TEST_NETCONNECTION = (
    sample(
        "test-netconnection",
        r"""
PS C:\Users\admin> Test-NetConnection -ComputerName fe02.contoso.com -Port 9001
WARNING: TCP connect to (10.0.0.12 : 9001) failed
WARNING: Ping to 10.0.0.12 failed with status: TimedOut


ComputerName           : fe02.contoso.com
RemoteAddress          : 10.0.0.12
RemotePort             : 9001
InterfaceAlias         : vEthernet (Default Switch)
SourceAddress          : 10.0.0.5
PingSucceeded          : False
PingReplyDetails (RTT) : 0 ms
TcpTestSucceeded       : False



PS C:\Users\admin>
""",
        ("failed", FE02),
    ),
    sample(
        "test-netconnection",
        r"""
PS C:\> Test-NetConnection fe02.contoso.com -Port 9001

ComputerName     : fe02.contoso.com
RemoteAddress    : 10.0.0.12
RemotePort       : 9001
InterfaceAlias   : Ethernet
SourceAddress    : 10.0.0.5
TcpTestSucceeded : True
""",
        ("connected", FE02),
    ),
    sample(
        "test-netconnection",
        r"""
PS C:\> Test-NetConnection -ComputerName fe02.contoso.com -Port 9001 -InformationLevel "Detailed"
AVISO: TCP connect to (10.0.0.12 : 9001) failed

ComputerName            : fe02.contoso.com
RemoteAddress           : 10.0.0.12
RemotePort              : 9001
NameResolutionResults   : 10.0.0.12
                          fe02.contoso.com
MatchingIPsecRules      :
NetworkIsolationContext : Internet
IsAdmin                 : False
InterfaceAlias          : Ethernet0 2
SourceAddress           : 10.156.125.136
NetRoute (NextHop)      : 10.156.125.129
PingSucceeded           : True
PingReplyDetails (RTT)  : 45 ms
TcpTestSucceeded        : False
""",
        ("failed", FE02),
    ),
    sample(
        "test-netconnection",
        r"""
PS C:\> tnc 10.0.0.12 -p 443 -InformationLevel Quiet
WARNUNG: TCP connect to (10.0.0.12 : 443) failed
WARNUNG: Ping to 10.0.0.12 failed with status: TimedOut
False
""",
        ("failed", {"host": "10.0.0.12", "address": "10.0.0.12", "port": "443"}),
    ),
    sample(
        "test-netconnection",
        r"""
PS C:\> (Test-NetConnection fe02 -Port 443).TcpTestSucceeded
True
""",
        ("connected", {"host": "fe02", "port": "443"}),
    ),
    sample(
        "test-netconnection",
        r"""
PS C:\> Test-NetConnection fe02 -CommonTCPPort RDP | Format-Table ComputerName, RemotePort, TcpTestSucceeded

ComputerName RemotePort TcpTestSucceeded
------------ ---------- ----------------
fe02               3389            False
""",
        ("failed", {"host": "fe02", "port": "3389"}),
    ),
    sample(
        "test-netconnection",
        r"""
PS C:\> Test-NetConnection nosuchhost -Port 9001
AVERTISSEMENT : Name resolution of nosuchhost failed

ComputerName   : nosuchhost
RemoteAddress  :
InterfaceAlias :
SourceAddress  :
PingSucceeded  : False
""",
        ("name-error", {"host": "nosuchhost", "port": "9001"}),
    ),
    sample(
        "test-netconnection",
        r"""
PS C:\> Test-NetConnection fe02.contoso.com

ComputerName           : fe02.contoso.com
RemoteAddress          : 10.0.0.12
InterfaceAlias         : Ethernet
SourceAddress          : 10.0.0.5
PingSucceeded          : True
PingReplyDetails (RTT) : 1 ms
""",
        ("", {"host": "fe02.contoso.com", "address": "10.0.0.12"}),
    ),
)

TELNET = (
    sample(
        "telnet",
        r"""
C:\Users\x>telnet fe02.contoso.com 9001
Connecting To fe02.contoso.com...Could not open connection to the host, on port 9001: Connect failed

C:\Users\x>
""",
        ("failed", {"host": "fe02.contoso.com", "port": "9001"}),
    ),
    sample(
        "telnet",
        "正在连接192.168.191.1...无法打开到主机的连接。 在端口 22: 连接失败",
        ("failed", {"host": "192.168.191.1", "address": "192.168.191.1", "port": "22"}),
    ),
    sample(
        "telnet",
        "Conectándose a app10...No se puede abrir la conexión al host, en puerto 2809: Error en la conexión",
        ("failed", {"host": "app10", "port": "2809"}),
    ),
    sample(
        "telnet",
        r"""
C:\>telnet fe02 9001
Verbindung zu fe02 wird hergestellt...Es konnte keine Verbindung mit dem Host hergestellt werden, auf Port 9001: Verbinden fehlgeschlagen
""",
        ("failed", {"host": "fe02", "port": "9001"}),
    ),
    sample(
        "telnet",
        """
$ telnet localhost 44444
Trying ::1...
telnet: connect to address ::1: Connection refused
Trying 127.0.0.1...
Connected to localhost.
Escape character is '^]'.
""",
        ("connected", {"host": "localhost", "address": "127.0.0.1", "port": "44444"}),
    ),
    sample(
        "telnet",
        """
root@app:~# telnet 10.6.10.232 8080
Trying 10.6.10.232...
telnet: Unable to connect to remote host: No route to host
""",
        ("unreachable", {"host": "10.6.10.232", "port": "8080"}),
    ),
    sample(
        "telnet",
        """
[root@app ~]# telnet fe02 9001
Trying 192.168.0.2...
telnet: connect to address 192.168.0.2: Connection timed out
""",
        ("timeout", {"host": "fe02", "address": "192.168.0.2", "port": "9001"}),
    ),
    sample(
        "telnet",
        """
$ telnet fe02 9001
Trying 2001:db8::2...
telnet: connect to address 2001:db8::2: Network is unreachable
Trying 192.168.0.2...
telnet: connect to address 192.168.0.2: Connection refused
telnet: Unable to connect to remote host
""",
        ("refused", {"host": "fe02", "port": "9001"}),
    ),
    sample(
        "telnet",
        "telnet: could not resolve nosuch/9001: Name or service not known",
        ("name-error", {"host": "nosuch", "port": "9001"}),
    ),
    sample(
        "telnet",
        "Server lookup failure:  fe02:9001, Name or service not known",
        ("name-error", {"host": "fe02", "port": "9001"}),
    ),
)

NC = (
    sample(
        "nc",
        """
$ nc -vz -w 5 fe02 9001
nc: connect to fe02 port 9001 (tcp) failed: Connection refused
""",
        ("refused", {"host": "fe02", "port": "9001"}),
    ),
    sample(
        "nc",
        """
~ $ nc -zv localhost 4304
nc: connect to localhost (::1) port 4304 (tcp) failed: Connection refused
Connection to localhost (127.0.0.1) 4304 port [tcp/*] succeeded!
""",
        ("connected", {"host": "localhost", "address": "127.0.0.1", "port": "4304"}),
    ),
    sample(
        "nc",
        "nc: connectx to 118.89.16.224 port 80 (tcp) failed: Operation timed out",
        ("timeout", {"host": "118.89.16.224", "port": "80"}),
    ),
    sample(
        "nc",
        "nc: connect to 10.0.0.5 port 9001 (tcp) timed out: Operation now in progress",
        ("timeout", {"host": "10.0.0.5", "port": "9001"}),
    ),
    sample(
        "nc",
        """
$ nc -vz 10.0.0.5 21-23
Connection to 10.0.0.5 21 port [tcp/ftp] succeeded!
nc: connect to 10.0.0.5 port 22 (tcp) failed: Connection refused
nc: connect to 10.0.0.5 port 23 (tcp) failed: No route to host
""",
        ("connected", {"host": "10.0.0.5", "port": "21"}),
        ("refused", {"host": "10.0.0.5", "port": "22"}),
        ("unreachable", {"host": "10.0.0.5", "port": "23"}),
    ),
    sample(
        "nc",
        "Connection to google.com port 443 [tcp/https] succeeded!",
        ("connected", {"host": "google.com", "port": "443"}),
    ),
    sample(
        "nc",
        "(UNKNOWN) [192.168.1.10] 21 (ftp) open",
        ("connected", {"address": "192.168.1.10", "port": "21"}),
    ),
    sample(
        "nc",
        "fe02.contoso.com [10.0.0.12] 9001 (?) : Connection timed out",
        ("timeout", FE02),
    ),
    sample("nc", "mongodb: forward host lookup failed: Unknown host", ("name-error", {"host": "mongodb"})),
    sample(
        "nc",
        """
[root@app ~]# nc -zv fe02 9001
Ncat: Version 7.70 ( https://nmap.org/ncat )
Ncat: Connection refused.
""",
        ("refused", {"host": "fe02", "port": "9001"}),
    ),
    sample(
        "nc",
        """
Ncat: Version 7.93 ( https://nmap.org/ncat )
Ncat: Connected to 172.31.18.56:8080.
Ncat: 0 bytes sent, 0 bytes received in 0.01 seconds.
""",
        ("connected", {"address": "172.31.18.56", "port": "8080"}),
    ),
    sample(
        "nc",
        'Ncat: Could not resolve hostname "nosuch": Name or service not known. QUITTING.',
        ("name-error", {"host": "nosuch"}),
    ),
    sample(
        "nc",
        'nc: getaddrinfo for host "nosuch" port 9001: Name or service not known',
        ("name-error", {"host": "nosuch", "port": "9001"}),
    ),
    sample("nc", "nc: bad address 'nosuch'", ("name-error", {"host": "nosuch"})),
    sample("nc", "10.0.0.5 (10.0.0.5:9001) open", ("connected", {"host": "10.0.0.5", "port": "9001"})),
)

NETSTAT = (
    sample(
        "netstat",
        r"""
C:\>netstat -ano

Active Connections

  Proto  Local Address          Foreign Address        State           PID
  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1832
  TCP    10.0.0.5:50123         10.0.0.12:9001         SYN_SENT        4321
  TCP    10.0.0.5:50124         10.0.0.12:444          ESTABLISHED     12345
  TCP    [::1]:8080             [::]:0                 LISTENING       19752
  TCP    10.0.0.5:49703         10.0.0.12:443          TIME_WAIT       0
  UDP    0.0.0.0:500            *:*                                    1111
""",
        ("listening", {"port": "135"}),
        ("timeout", {"address": "10.0.0.12", "port": "9001"}),
        ("connected", {"address": "10.0.0.12", "port": "444"}),
        ("listening", {"address": "::1", "port": "8080"}),
        ("", {"address": "10.0.0.12", "port": "443"}),
    ),
    sample(
        "netstat",
        """
Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    127.0.0.1:8123         0.0.0.0:0              ABHÖREN          4242
  TCP    192.168.11.22:49876    192.168.33.44:10010    SYN_GESENDET     4242
  TCP    127.0.0.1:9000         93.184.216.34:443      HERGESTELLT      777
  TCP    127.0.0.1:9001         93.184.216.34:443      SCHLIESSEN_WARTEN 777
""",
        ("listening", {"address": "127.0.0.1", "port": "8123"}),
        ("timeout", {"address": "192.168.33.44", "port": "10010"}),
        ("connected", {"address": "93.184.216.34", "port": "443"}),
        ("", {"address": "93.184.216.34", "port": "443"}),
    ),
    sample(
        "netstat",
        """
Connexions actives

  Proto  Adresse locale         Adresse distante       État
  TCP    127.0.0.1:8123         0.0.0.0:0              À L'ÉCOUTE
  TCP    10.0.0.5:49703         fe02:https             ESTABLISHED
  TCP    10.0.0.5:49704         fe02:9001              SYN_SENT
""",
        ("listening", {"address": "127.0.0.1", "port": "8123"}),
        ("connected", {"host": "fe02", "port": "443"}),
        ("timeout", {"host": "fe02", "port": "9001"}),
    ),
    sample(
        "netstat",
        """
$ netstat -anp
Active Internet connections (servers and established)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      1/sshd
tcp        0      1 10.0.0.5:43210          10.0.0.9:5432           SYN_SENT    15725/java
tcp6       0      0 :::9092                 :::*                    LISTEN      900/java
tcp6       0      0 10.0.0.5:9092           10.0.0.7:51000          ESTABLISHED 900/java
udp        0      0 0.0.0.0:68              0.0.0.0:*                           700/dhclient
""",
        ("listening", {"port": "22"}),
        ("timeout", {"address": "10.0.0.9", "port": "5432"}),
        ("listening", {"port": "9092"}),
        ("connected", {"address": "10.0.0.7", "port": "51000"}),
    ),
    sample(
        "netstat",
        """
Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
tcp4       0      0  192.168.1.5.51234      17.57.144.84.443       ESTABLISHED
tcp4       0      0  192.168.1.5.51235      10.0.0.12.9001         SYN_SENT
tcp46      0      0  *.8080                 *.*                    LISTEN
tcp6       0      0  fe80::1%lo0.8021       *.*                    LISTEN
""",
        ("connected", {"address": "17.57.144.84", "port": "443"}),
        ("timeout", {"address": "10.0.0.12", "port": "9001"}),
        ("listening", {"port": "8080"}),
        ("listening", {"address": "fe80::1", "port": "8021"}),
    ),
)

SERVICES = (
    sample(
        "get-service",
        r"""
PS C:\> Get-Service RTCSRV, RTCATS, W3SVC

Status   Name               DisplayName
------   ----               -----------
Stopped  RTCSRV             Skype for Business Server Front-End
Start... RTCATS             Skype for Business Server Audio Tes...
Running  W3SVC              World Wide Web Publishing Service
""",
        ("stopped", {"service": "RTCSRV"}),
        ("start-pending", {"service": "RTCATS"}),
        ("running", {"service": "W3SVC"}),
    ),
    sample(
        "get-service",
        r"""
PS C:\> Get-Service RTCSRV | fl

Name                : RTCSRV
DisplayName         : Skype for Business Server Front-End
Status              : Stopped
DependentServices   : {}
ServicesDependedOn  : {RTCLSAGT}
CanPauseAndContinue : False
CanShutdown         : False
CanStop             : False
ServiceType         : Win32OwnProcess
""",
        ("stopped", {"service": "RTCSRV"}),
    ),
    sample(
        "get-service",
        r"""
PS C:\> Get-Service | Select-Object Name, Status, StartType

Name        Status StartType
----        ------ ---------
Spooler    Running Automatic
W32Time    Stopped    Manual
""",
        ("running", {"service": "Spooler"}),
        ("stopped", {"service": "W32Time"}),
    ),
    sample(
        "get-service",
        r"""
PS C:\> (Get-Service RTCSRV).Status
StopPending
""",
        ("stop-pending", {"service": "RTCSRV"}),
    ),
    sample(
        "get-service",
        r"""
PS C:\> Get-Service foo
Get-Service : Cannot find any service with service name 'foo'.
At line:1 char:1
+ Get-Service foo
+ ~~~~~~~~~~~~~~~
    + CategoryInfo          : ObjectNotFound: (foo:String) [Get-Service], ServiceCommandException
    + FullyQualifiedErrorId : NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand
""",
        ("not-found", {"service": "foo"}),
    ),
    sample(
        "get-service",
        r"""
Get-Service : Es kann kein Dienst mit dem Dienstnamen "foo" gefunden werden.
In Zeile:1 Zeichen:1
+ Get-Service foo
+ ~~~~~~~~~~~~~~~
    + CategoryInfo          : ObjectNotFound: (foo:String) [Get-Service], ServiceCommandException
    + FullyQualifiedErrorId : NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand
""",
        ("not-found", {"service": "foo"}),
    ),
    sample(
        "get-cswindowsservice",
        r"""
PS C:\> Get-CsWindowsService -ComputerName fe01.contoso.com

Status   Name            ActivityLevel
------   ----            -------------
Running  W3SVC
Running  REPLICA
Stopped  RTCSRV          Incoming Requests per Second=0,Incoming Messages=0
""",
        ("running", {"service": "W3SVC", "host": "fe01.contoso.com"}),
        ("running", {"service": "REPLICA", "host": "fe01.contoso.com"}),
        ("stopped", {"service": "RTCSRV", "host": "fe01.contoso.com"}),
    ),
    sample(
        "get-cswindowsservice",
        r"""
PS C:\> Get-CsWindowsService | Select-Object RoleName, Status

RoleName                                  Status
--------                                  ------
{W3SVC}                                   Running
{Registrar, UserServer, EdgeServer}       Stopped
""",
        ("running", {"service": "W3SVC"}),
        ("stopped", {"service": "Registrar, UserServer, EdgeServer"}),
    ),
    sample(
        "get-cswindowsservice",
        """
Status        : Running
Name          : RTCSRV
ActivityLevel : Incoming Requests per Second=0
""",
        ("running", {"service": "RTCSRV"}),
    ),
)

SAMPLES: tuple[Sample, ...] = (*TEST_NETCONNECTION, *TELNET, *NC, *NETSTAT, *SERVICES)
