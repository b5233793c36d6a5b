"""Outputs of the other tools: services, names, sockets, web, certificates, time, room, containers, events."""

from __future__ import annotations

from output_sample import Sample, sample

SERVICES = (
    sample(
        "systemctl",
        """
$ systemctl status nginx
● nginx.service - A high performance web server and a reverse proxy server
     Loaded: loaded (/lib/systemd/system/nginx.service; enabled; preset: enabled)
     Active: active (running) since Mon 2026-01-12 09:12:01 UTC; 3 days ago
       Docs: man:nginx(8)
   Main PID: 1234 (nginx)
""",
        ("running", {"service": "nginx"}),
    ),
    sample(
        "systemctl",
        """
× app.service - Our application
     Loaded: loaded (/etc/systemd/system/app.service; disabled; preset: enabled)
    Drop-In: /etc/systemd/system/app.service.d
             └─override.conf
     Active: failed (Result: exit-code) since Mon 2026-01-12 09:12:01 UTC; 5s ago
    Process: 991 ExecStart=/opt/app/run (code=exited, status=203/EXEC)
""",
        ("failed", {"service": "app"}),
    ),
    sample(
        "systemctl",
        """
● app.service - Our application
   Loaded: loaded (/etc/systemd/system/app.service; enabled; vendor preset: enabled)
   Active: activating (auto-restart) (Result: exit-code) since Mon 2026-01-12 09:12:01 UTC; 5s ago
""",
        ("restarting", {"service": "app"}),
    ),
    sample(
        "systemctl",
        """
$ sudo systemctl status redis
○ redis.service - Redis
     Loaded: loaded (/lib/systemd/system/redis.service; disabled; preset: enabled)
     Active: inactive (dead)
""",
        ("stopped", {"service": "redis"}),
    ),
    sample("systemctl", "Unit foo.service could not be found.", ("not-found", {"service": "foo"})),
    sample(
        "systemctl",
        """
$ systemctl is-active nginx
inactive
""",
        ("stopped", {"service": "nginx"}),
    ),
    sample(
        "sc-query",
        r"""
C:\>sc query RTCSRV

SERVICE_NAME: RTCSRV
        TYPE               : 10  WIN32_OWN_PROCESS
        STATE              : 1  STOPPED
        WIN32_EXIT_CODE    : 1077  (0x435)
        SERVICE_EXIT_CODE  : 0  (0x0)
        CHECKPOINT         : 0x0
        WAIT_HINT          : 0x0
""",
        ("stopped", {"service": "RTCSRV"}),
    ),
    sample(
        "sc-query",
        """
NOMBRE_SERVICIO: Dnscache
        TIPO               : 20  WIN32_SHARE_PROCESS
        ESTADO             : 4  RUNNING
                                (STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)
""",
        ("running", {"service": "Dnscache"}),
    ),
    sample(
        "sc-query",
        r"""
C:\>sc query foo
[SC] EnumQueryServicesStatus:OpenService FAILED 1060:

The specified service does not exist as an installed service.
""",
        ("not-found", {"service": "foo"}),
    ),
    sample(
        "sc-query",
        r"""
C:\>sc qc RemoteRegistry
[SC] QueryServiceConfig SUCCESS

SERVICE_NAME: RemoteRegistry
        TYPE               : 20  WIN32_SHARE_PROCESS
        START_TYPE         : 4   DISABLED
        ERROR_CONTROL      : 1   NORMAL
""",
        ("disabled", {"service": "RemoteRegistry"}),
    ),
)

NAMES = (
    sample(
        "nslookup",
        r"""
C:\>nslookup fe02.contoso.com
Server:  dc01.contoso.com
Address:  10.0.0.1

Non-authoritative answer:
Name:    fe02.contoso.com
Addresses:  10.0.0.12
          10.0.0.13
""",
        ("resolved", {"host": "fe02.contoso.com"}),
    ),
    sample(
        "nslookup",
        r"""
C:\>nslookup nosuch
Server:  dc01.contoso.com
Address:  10.0.0.1

*** dc01.contoso.com can't find nosuch: Non-existent domain
""",
        ("name-error", {"host": "nosuch"}),
    ),
    sample(
        "nslookup",
        r"""
C:\>nslookup fe02
DNS request timed out.
    timeout was 2 seconds.
Server:  UnKnown
Address:  10.0.0.1

DNS request timed out.
    timeout was 2 seconds.
*** Request to UnKnown timed-out
""",
        ("timeout", {"host": "fe02"}),
    ),
    sample(
        "nslookup",
        """
$ nslookup nosuch.example.com
Server:         127.0.0.53
Address:        127.0.0.53#53

** server can't find nosuch.example.com: NXDOMAIN
""",
        ("name-error", {"host": "nosuch.example.com"}),
    ),
    sample(
        "nslookup",
        """
$ nslookup fe02.example.com
;; connection timed out; no servers could be reached
""",
        ("timeout", {"host": "fe02.example.com"}),
    ),
    sample(
        "dig",
        """
$ dig fe02.contoso.com

; <<>> DiG 9.18.1 <<>> fe02.contoso.com
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4242
;; flags: qr rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1

;; QUESTION SECTION:
;fe02.contoso.com.              IN      A

;; ANSWER SECTION:
fe02.contoso.com.       300     IN      A       10.0.0.12

;; Query time: 1 msec
;; MSG SIZE  rcvd: 61
""",
        ("resolved", {"host": "fe02.contoso.com"}),
    ),
    sample(
        "dig",
        """
; <<>> DiG 9.18.1 <<>> @10.0.0.1 nosuch.contoso.com
;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 4242
;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1
""",
        ("name-error", {"host": "nosuch.contoso.com"}),
    ),
    sample(
        "resolve-dnsname",
        r"""
PS C:\> Resolve-DnsName fe02.contoso.com

Name                                           Type   TTL   Section    IPAddress
----                                           ----   ---   -------    ---------
fe02.contoso.com                               A      1200  Answer     10.0.0.12
""",
        ("resolved", {"host": "fe02.contoso.com"}),
    ),
    sample(
        "resolve-dnsname",
        r"""
Resolve-DnsName : nosuch : DNS name does not exist
At line:1 char:1
+ Resolve-DnsName nosuch
+ ~~~~~~~~~~~~~~~~~~~~~~
    + CategoryInfo          : ResourceUnavailable: (nosuch:String) [Resolve-DnsName], Win32Exception
    + FullyQualifiedErrorId : DNS_ERROR_RCODE_NAME_ERROR,Microsoft.DnsClient.Commands.ResolveDnsName
""",
        ("name-error", {"host": "nosuch"}),
    ),
    sample(
        "ping",
        """
Pinging fe02.contoso.com [10.0.0.12] with 32 bytes of data:
Reply from 10.0.0.12: bytes=32 time=1ms TTL=128
Reply from 10.0.0.12: bytes=32 time<1ms TTL=128

Ping statistics for 10.0.0.12:
    Packets: Sent = 2, Received = 2, Lost = 0 (0% loss),
Approximate round trip times in milli-seconds:
    Minimum = 0ms, Maximum = 1ms, Average = 0ms
""",
        ("reachable", {"host": "fe02.contoso.com", "address": "10.0.0.12"}),
    ),
    sample(
        "ping",
        """
Ping wird ausgeführt für fe02 [10.0.0.12] mit 32 Bytes Daten:
Zeitüberschreitung der Anforderung.
Zeitüberschreitung der Anforderung.

Ping-Statistik für 10.0.0.12:
    Pakete: Gesendet = 2, Empfangen = 0, Verloren = 2
    (100% Verlust),
""",
        ("timeout", {"host": "fe02", "address": "10.0.0.12"}),
    ),
    sample(
        "ping",
        """
Pinging 10.0.0.12 with 32 bytes of data:
Reply from 10.0.0.5: Destination host unreachable.
Reply from 10.0.0.5: Destination host unreachable.

Ping statistics for 10.0.0.12:
    Packets: Sent = 2, Received = 2, Lost = 0 (0% loss),
""",
        ("unreachable", {"host": "10.0.0.12"}),
    ),
    sample(
        "ping",
        """
$ ping -c 2 fe02
PING fe02 (10.0.0.12) 56(84) bytes of data.

--- fe02 ping statistics ---
2 packets transmitted, 0 received, 100% packet loss, time 1020ms
""",
        ("timeout", {"host": "fe02", "address": "10.0.0.12"}),
    ),
    sample(
        "ping",
        "Ping request could not find host nosuch. Please check the name and try again.",
        ("name-error", {"host": "nosuch"}),
    ),
    sample("ping", "ping: nosuch: Name or service not known", ("name-error", {"host": "nosuch"})),
)

SOCKETS = (
    sample(
        "ss",
        """
$ ss -tan
State      Recv-Q Send-Q Local Address:Port   Peer Address:Port
LISTEN     0      128          0.0.0.0:22          0.0.0.0:*
LISTEN     0      4096               *:9092              *:*
SYN-SENT   0      1           10.0.0.5:43210     10.0.0.12:9001
ESTAB      0      0           10.0.0.5:22         10.0.0.7:51000
TIME-WAIT  0      0           10.0.0.5:43211     10.0.0.12:443
""",
        ("listening", {"port": "22"}),
        ("listening", {"port": "9092"}),
        ("timeout", {"address": "10.0.0.12", "port": "9001"}),
        ("connected", {"address": "10.0.0.7", "port": "51000"}),
        ("", {"address": "10.0.0.12", "port": "443"}),
    ),
    sample(
        "ss",
        """
Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process
udp   UNCONN 0      0      127.0.0.53%lo:53        0.0.0.0:*
tcp   LISTEN 0      511             [::]:80           [::]:*    users:(("nginx",pid=812,fd=7))
""",
        ("listening", {"port": "80"}),
    ),
    sample(
        "get-nettcpconnection",
        r"""
PS C:\> Get-NetTCPConnection -RemotePort 9001

LocalAddress                        LocalPort RemoteAddress                       RemotePort State       AppliedSetting OwningProcess
------------                        --------- -------------                       ---------- -----       -------------- -------------
10.0.0.5                            50123     10.0.0.12                           9001       SynSent     Internet       4321
0.0.0.0                             135       0.0.0.0                             0          Listen                     1832
""",
        ("timeout", {"address": "10.0.0.12", "port": "9001"}),
        ("listening", {"port": "135"}),
    ),
    sample(
        "get-nettcpconnection",
        """
LocalAddress   : 10.0.0.5
LocalPort      : 50124
RemoteAddress  : 10.0.0.12
RemotePort     : 444
State          : Established
AppliedSetting : Internet
OwningProcess  : 4321
""",
        ("connected", {"address": "10.0.0.12", "port": "444"}),
    ),
    sample(
        "get-nettcpconnection",
        r"""
PS C:\> Get-NetTCPConnection -LocalPort 9001
Get-NetTCPConnection : No matching MSFT_NetTCPConnection objects found by CIM query for instances of the class
""",
        ("not-found", {"port": "9001"}),
    ),
)

WEB = (
    sample(
        "curl",
        """
$ curl https://fe02.contoso.com:9001/health
curl: (7) Failed to connect to fe02.contoso.com port 9001 after 2 ms: Couldn't connect to server
""",
        ("failed", {"host": "fe02.contoso.com", "port": "9001", "url": "https://fe02.contoso.com:9001/health"}),
    ),
    sample(
        "curl",
        """
$ curl -v http://127.0.0.1:9/
*   Trying 127.0.0.1:9...
* connect to 127.0.0.1 port 9 failed: Connection refused
* Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server
* Closing connection 0
curl: (7) Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server
""",
        ("refused", {"host": "127.0.0.1", "port": "9"}),
    ),
    sample(
        "curl",
        """
$ curl -I https://www.contoso.com
HTTP/2 404
date: Mon, 12 Jan 2026 09:12:01 GMT
content-type: text/html
""",
        ("connected", {"host": "www.contoso.com", "port": "443"}),
    ),
    sample(
        "curl", "curl: (6) Could not resolve host: nosuch.contoso.com", ("name-error", {"host": "nosuch.contoso.com"})
    ),
    sample(
        "curl",
        "curl: (28) Failed to connect to 10.0.0.12 port 443 after 5001 ms: Timeout was reached",
        ("timeout", {"host": "10.0.0.12", "port": "443"}),
    ),
    sample("curl", "curl: (60) SSL certificate problem: certificate has expired", ("expired", {})),
    sample(
        "curl",
        "curl: (60) SSL certificate problem: unable to get local issuer certificate",
        ("untrusted", {}),
    ),
    sample("curl", "curl: (52) Empty reply from server", ("no-response", {})),
    sample(
        "openssl-s-client",
        """
$ openssl s_client -connect fe02.contoso.com:443 </dev/null
CONNECTED(00000003)
depth=0 CN = fe02.contoso.com
verify error:num=10:certificate has expired
notAfter=Jan  1 00:00:00 2026 GMT
---
Certificate chain
 0 s:CN = fe02.contoso.com
   i:CN = Contoso CA
---
Server certificate
subject=CN = fe02.contoso.com
issuer=CN = Contoso CA
---
SSL handshake has read 1500 bytes and written 400 bytes
Verification error: certificate has expired
---
    Verify return code: 10 (certificate has expired)
""",
        ("expired", {"host": "fe02.contoso.com", "port": "443"}),
    ),
    sample(
        "openssl-s-client",
        """
$ openssl s_client -connect fe02:443
CONNECTED(00000003)
140:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:
---
no peer certificate available
---
Verify return code: 0 (ok)
""",
        ("tls-error", {"host": "fe02", "port": "443"}),
    ),
    sample(
        "openssl-s-client",
        """
$ openssl s_client -connect 127.0.0.1:9
4037755FDA7F0000:error:8000006F:system library:BIO_connect:Connection refused:../crypto/bio/bio_sock2.c:117:
4037755FDA7F0000:error:10000067:BIO routines:BIO_connect:connect error:../crypto/bio/bio_sock2.c:119:
connect:errno=111
""",
        ("refused", {"host": "127.0.0.1", "port": "9"}),
    ),
)

SYSTEM = (
    sample(
        "w32tm",
        r"""
C:\>w32tm /query /status
Leap Indicator: 0(no warning)
Stratum: 4 (secondary reference - syncd by (S)NTP)
Precision: -23 (119.209ns per tick)
Root Delay: 0.0312500s
Source: dc01.contoso.com
Poll Interval: 10 (1024s)
""",
        ("synchronised", {"service": "w32time"}),
    ),
    sample(
        "w32tm",
        """
Leap Indicator: 3(not synchronized)
Stratum: 0 (unspecified)
Source: Local CMOS Clock
""",
        ("unsynchronised", {"service": "w32time"}),
    ),
    sample(
        "w32tm",
        r"""
C:\>w32tm /query /status
The following error occurred: The service has not been started. (0x80070426)
""",
        ("stopped", {"service": "w32time"}),
    ),
    sample(
        "w32tm",
        r"""
C:\>w32tm /stripchart /computer:dc01 /samples:2
Tracking dc01 [10.0.0.1:123].
Collecting 2 samples.
09:12:01, error: 0x800705B4
09:12:05, error: 0x800705B4
""",
        ("timeout", {"host": "dc01"}),
    ),
    sample(
        "klist",
        r"""
C:\>klist

Current LogonId is 0:0x3e7

Cached Tickets: (1)

#0>     Client: alice @ CONTOSO.COM
        Server: krbtgt/CONTOSO.COM @ CONTOSO.COM
""",
        ("present", {}),
    ),
    sample("klist", "Cached Tickets: (0)", ("none", {})),
    sample(
        "klist",
        """
Ticket cache: FILE:/tmp/krb5cc_1000
Default principal: alice@CONTOSO.COM

Valid starting       Expires              Service principal
01/12/2026 09:12:01  01/12/2026 19:12:01  krbtgt/CONTOSO.COM@CONTOSO.COM
""",
        ("present", {"name": "alice@CONTOSO.COM"}),
    ),
    sample("klist", "klist: No credentials cache found (filename: /tmp/krb5cc_0)", ("none", {})),
    sample(
        "df",
        """
$ df -h
Filesystem      Size  Used Avail Use% Mounted on
/dev/sda1        50G   50G     0 100% /
tmpfs           3.9G     0  3.9G   0% /dev/shm
/dev/sdb1       500G  470G   30G  95% /var/lib/docker
/dev/loop1       56M   56M     0 100% /snap/core18/2538
""",
        ("full", {"path": "/"}),
        ("ok", {"path": "/dev/shm"}),
        ("nearly-full", {"path": "/var/lib/docker"}),
    ),
    sample(
        "df",
        """
Filesystem      Inodes   IUsed   IFree IUse% Mounted on
/dev/sda1      3276800 3276800       0  100% /
""",
        ("full", {"path": "/"}),
    ),
    sample(
        "free",
        """
$ free
               total        used        free      shared  buff/cache   available
Mem:        16303428     2104148    10000000      104148     4199280    13800000
Swap:        2097148           0     2097148
""",
        ("ok", {"name": "memory"}),
    ),
    sample(
        "free",
        """
[root@app ~]# free -h
               total        used        free      shared  buff/cache   available
Mem:           7,6Gi       7,1Gi       101Mi        12Mi       402Mi       210Mi
Swap:             0B          0B          0B
""",
        ("nearly-full", {"name": "memory"}),
    ),
    sample(
        "traceroute",
        """
$ traceroute fe02.contoso.com
traceroute to fe02.contoso.com (10.0.1.12), 30 hops max, 60 byte packets
 1  gw (10.0.0.1)  0.512 ms  0.488 ms  0.470 ms
 2  * * *
 3  10.0.1.12 (10.0.1.12)  1.512 ms  1.488 ms  1.470 ms
""",
        ("reachable", {"host": "fe02.contoso.com", "address": "10.0.1.12"}),
    ),
    sample(
        "traceroute",
        """
traceroute to 10.0.1.12 (10.0.1.12), 30 hops max, 60 byte packets
 1  10.0.0.1 (10.0.0.1)  0.512 ms  0.488 ms  0.470 ms
 2  10.0.0.1 (10.0.0.1)  3005.1 ms !H  3005.0 ms !H  3004.9 ms !H
""",
        ("unreachable", {"address": "10.0.1.12"}),
    ),
    sample(
        "traceroute",
        """
traceroute to 10.0.1.12 (10.0.1.12), 30 hops max, 60 byte packets
 1  10.0.0.1 (10.0.0.1)  0.512 ms  0.488 ms  0.470 ms
 2  * * *
 3  * * *
""",
        ("", {"address": "10.0.1.12"}),
    ),
    sample(
        "get-psdrive",
        r"""
PS C:\> Get-PSDrive -PSProvider FileSystem

Name           Used (GB)     Free (GB) Provider      Root                                               CurrentLocation
----           ---------     --------- --------      ----                                               ---------------
C                 126.58          0.00 FileSystem    C:\                                                  Users\admin
D                  10,50         90,50 FileSystem    D:\
""",
        ("full", {"path": "C:\\"}),
        ("ok", {"path": "D:\\"}),
    ),
    sample(
        "get-winevent",
        r"""
PS C:\> Get-WinEvent -LogName System -MaxEvents 2


   ProviderName: Microsoft-Windows-DistributedCOM

TimeCreated                     Id LevelDisplayName Message
-----------                     -- ---------------- -------
1/18/2026 5:07:42 AM         10028 Error            DCOM was unable to communicate with the computer fe02 using...
1/18/2026 5:07:40 AM         10016 Warning          The application-specific permission settings do not grant...
""",
        ("seen", {"provider": "Microsoft-Windows-DistributedCOM", "id": "10028"}),
        ("seen", {"provider": "Microsoft-Windows-DistributedCOM", "id": "10016"}),
    ),
    sample(
        "get-winevent",
        """
TimeCreated  : 1/18/2026 5:07:42 AM
ProviderName : Microsoft-Windows-DistributedCOM
Id           : 10028
Message      : DCOM was unable to communicate with the computer fe02 using any of the configured protocols.
""",
        ("seen", {"provider": "Microsoft-Windows-DistributedCOM", "id": "10028"}),
    ),
    sample(
        "get-winevent",
        r"""
PS C:\> Get-WinEvent -FilterHashtable @{LogName='System'; Id=10028}
Get-WinEvent : No events were found that match the specified selection criteria.
""",
        ("not-found", {"id": "10028"}),
    ),
)

CONTAINERS = (
    sample(
        "docker",
        """
$ docker ps -a
CONTAINER ID   IMAGE          COMMAND                  CREATED        STATUS                      PORTS                  NAMES
3f4e5d6c7b8a   nginx:1.25     "/docker-entrypoint.…"   2 hours ago    Up 2 hours (healthy)        0.0.0.0:80->80/tcp     web
0a1b2c3d4e5f   postgres:16    "docker-entrypoint.s…"   2 hours ago    Exited (137) 5 minutes ago                         db
9a8b7c6d5e4f   app:latest     "/app/run"               2 hours ago    Restarting (1) 4 seconds ago                       app
1a2b3c4d5e6f   cache:7        "redis-server"           3 days ago     Up 3 days (unhealthy)       6379/tcp               cache
""",
        ("running", {"name": "web"}),
        ("exited", {"name": "db"}),
        ("restarting", {"name": "app"}),
        ("unhealthy", {"name": "cache"}),
    ),
    sample(
        "docker",
        """
        "State": {
            "Status": "exited",
            "Running": false,
            "Paused": false,
            "Restarting": false,
            "OOMKilled": true,
            "Dead": false,
            "Pid": 0,
            "ExitCode": 137,
        },
        "Name": "/db",
""",
        ("oom-killed", {"name": "db"}),
    ),
    sample(
        "kubectl",
        """
$ kubectl get pods -n shop
NAME                     READY   STATUS             RESTARTS        AGE
web-6d4b75cb6d-abcde     1/1     Running            0               3d4h
api-7f9c8d7b6-xyz12      0/1     CrashLoopBackOff   12 (3m ago)     40m
cart-5c9d8f7b6-qwert     1/2     Running            1 (2d ago)      3d
job-28391-abcde          0/1     Completed          0               5h
pay-7f9c8d7b6-aaaaa      0/1     ImagePullBackOff   0               10m
new-7f9c8d7b6-bbbbb      0/1     Pending            0               10m
""",
        ("running", {"name": "web-6d4b75cb6d-abcde"}),
        ("crash-loop", {"name": "api-7f9c8d7b6-xyz12"}),
        ("not-ready", {"name": "cart-5c9d8f7b6-qwert"}),
        ("completed", {"name": "job-28391-abcde"}),
        ("image-pull-error", {"name": "pay-7f9c8d7b6-aaaaa"}),
        ("pending", {"name": "new-7f9c8d7b6-bbbbb"}),
    ),
    sample(
        "kubectl",
        """
$ kubectl describe pod api-7f9c8d7b6-xyz12
Name:             api-7f9c8d7b6-xyz12
Namespace:        shop
Status:           Running
Containers:
  api:
    Image:          api:1
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
    Ready:          False
    Restart Count:  12
""",
        ("crash-loop", {"name": "api-7f9c8d7b6-xyz12", "namespace": "shop"}),
    ),
)

SAMPLES: tuple[Sample, ...] = (*SERVICES, *NAMES, *SOCKETS, *WEB, *SYSTEM, *CONTAINERS)
