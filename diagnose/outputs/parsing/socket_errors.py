"""What a system says of a connection that did not come about, as a state.

Takes the wording of a socket or resolver error (strerror and gai_strerror of glibc, musl, BSD and macOS; Winsock), also
in the translations of glibc, and gives the state. A wording that is cut off is no wording.
"""

from __future__ import annotations

from diagnose.outputs.parsing.paste import BREAK, WRAP, Flat

# glibc's po/de.po, fr.po, es.po, it.po, pt_BR.po, ru.po, zh_CN.po, ja.po, pl.po for the entries behind these errors.
WORDINGS: dict[str, tuple[str, ...]] = {
    "refused": (
        "Connection refused",
        "actively refused",
        "ECONNREFUSED",
        "Verbindungsaufbau abgelehnt",
        "Connexion refusée",
        "Conexión rehusada",
        "Connessione rifiutata",
        "Conexão recusada",
        "В соединении отказано",
        "拒绝连接",
        "接続を拒否されました",
        "Połączenie odrzucone",
    ),
    "timeout": (
        "Connection timed out",
        "Operation timed out",
        "timed out: Operation now in progress",
        "ETIMEDOUT",
        "TIMEOUT",
        "Wartezeit für die Verbindung abgelaufen",
        "Connexion terminée par expiration du délai d'attente",
        "Expiró el tiempo de conexión",
        "Connessione scaduta",
        "Tempo esgotado para conexão",
        "Время ожидания соединения истекло",
        "连接超时",
        "接続がタイムアウトしました",
        "Upłynął limit czasu połączenia",
    ),
    "unreachable": (
        "No route to host",
        "Network is unreachable",
        "Host is unreachable",
        "Host is down",
        "EHOSTUNREACH",
        "ENETUNREACH",
        "Keine Route zum Zielrechner",
        "Das Netzwerk ist nicht erreichbar",
        "Aucun chemin d'accès pour atteindre l'hôte cible",
        "Le réseau n'est pas accessible",
        "No existe ninguna ruta hasta el `host'",
        "La red es inaccesible",
        "Нет маршрута до узла",
        "没有到主机的路由",
        "ホストへの経路がありません",
    ),
    "name-error": (
        "Name or service not known",
        "Unknown host",
        "nodename nor servname provided, or not known",
        "Temporary failure in name resolution",
        "No address associated with hostname",
        "No address associated with name",
        "Name does not resolve",
        "Try again",
        "host not found",
        "Der Name oder der Dienst ist nicht bekannt",
        "Nom ou service inconnu",
        "Nombre o servicio desconocido",
        "Nome o servizio sconosciuto",
        "Nome ou serviço desconhecido",
        "Имя или служба не известны",
        "未知的名称或服务",
        "名前またはサービスが不明です",
    ),
    "reset": ("Connection reset by peer",),
}
_STATES: dict[str, list[tuple[str, str]]] = {}  # by first letter
for _state, _group in WORDINGS.items():
    for _wording in _group:
        _folded = "".join(_wording.split()).casefold()
        _STATES.setdefault(_folded[0], []).append((_folded, _state))
LONGEST = 300
MOST_LINES = 4


def state_of(text: str) -> str:
    """The state that an error message begins with; empty for any other and for one that is cut off."""
    squeezed = "".join(text[:LONGEST].split()).casefold()
    for wording, state in _STATES.get(squeezed[:1], ()):
        if squeezed.startswith(wording):
            return state
    return ""


def error_at(flat: Flat, offset: int) -> tuple[str, int]:
    """The state of the error message at `offset` of a flat text, also a wrapped one, and the index of its last line."""
    text = flat.text
    end = offset
    for _ in range(MOST_LINES):
        ends = [at for at in (text.find(WRAP, end, end + LONGEST), text.find(BREAK, end, end + LONGEST)) if at >= 0]
        end = min(ends, default=min(len(text), end + LONGEST))
        state = state_of(text[offset:end])
        if state or end >= len(text):
            return state, flat.line(max(offset, end - 1)) if state else flat.line(max(0, offset - 1))
        end += 1
    return "", flat.line(max(0, offset - 1))
