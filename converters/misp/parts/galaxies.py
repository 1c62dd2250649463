"""Clusters of MISP galaxies as objects that go by a name (MISP galaxy format).

Their ids are ours, made of producer and cluster: a cluster of ATT&CK bears the UUID of MITRE's own object, and what
an event repeats of that is no version of it. The UUID stands among the external references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from converters.values.network import url

_BY_GALAXY = (
    ("intrusion-set", r".*intrusion-set"),
    ("attack-pattern", r".*attack-pattern|misinfosec-.*|financial-fraud"),
    ("course-of-action", r".*course-of-action|preventive-measure"),
    ("threat-actor", r"threat-actor|microsoft-activity-group|360net-threat-actor"),
    ("malware", r".*malware.*|android|banker|stealer|backdoor|ransomware|malpedia|rat|botnet|cryptominers?|worm|wiper"),
    ("tool", r".*tool|exploit-kit|tds"),
    ("vulnerability", r"branded-vulnerability"),
    ("location", r"country|region|cnc-location"),
    ("identity", r"sector|target-information|producer"),
)
_TYPE_OF_GALAXY = tuple((type_, re.compile(pattern)) for type_, pattern in _BY_GALAXY)
_ALIASED = frozenset({"intrusion-set", "threat-actor", "malware", "tool", "attack-pattern"})
_CODE = re.compile(r"[A-Za-z]{2}")
_ATTACK_ID = re.compile(r"(?:T\d{4}(?:\.\d{3})?|[SGMC]\d{4})")
_TAIL_ID = re.compile(r"\s+-\s+(T\d{4}(?:\.\d{3})?|[SGM]\d{4})$")


@dataclass(slots=True)
class Cluster:
    """A cluster, read. type: of the object it becomes; None for what STIX has no type for.

    fields: (name, value) of what no property takes.
    """

    key: str
    name: str
    type: str | None
    tag: str
    properties: dict[str, Any] = field(default_factory=dict)
    fields: list[tuple[str, str]] = field(default_factory=list)


def clusters(galaxies: Any) -> Iterator[Cluster]:
    """Read the clusters of a list of galaxies; what is none is passed over."""
    for galaxy in galaxies if isinstance(galaxies, list) else ():
        members = galaxy.get("GalaxyCluster") if isinstance(galaxy, dict) else None
        for member in members if isinstance(members, list) else ():
            read = cluster(member, str(galaxy.get("type") or ""))
            if read is not None:
                yield read


def cluster(member: Any, galaxy: str) -> Cluster | None:
    """Read one cluster. galaxy: the type of the galaxy it is of, if it doesn't say."""
    if not isinstance(member, dict) or not isinstance(member.get("value"), str) or not member["value"].strip():
        return None
    galaxy = str(member.get("type") or galaxy)
    name, meta = member["value"].strip(), member.get("meta")
    uuid = str(member.get("uuid") or "")
    # Exports of older servers give every cluster of a galaxy the UUID of the collection: alone it names none.
    read = Cluster(
        f"{uuid or galaxy}={name}", _TAIL_ID.sub("", name), type_of_galaxy(galaxy), str(member.get("tag_name") or "")
    )
    if isinstance(member.get("description"), str) and member["description"].strip():
        read.properties["description"] = member["description"]
    known = _meta(read, meta if isinstance(meta, dict) else {}, name)
    _natural(read, known, galaxy)
    read.properties["external_references"] = [
        {"source_name": f"misp-galaxy:{galaxy}", "external_id": uuid or name},
        *read.properties.pop("external_references", []),
    ]
    for source in ("source", "relationship_type"):
        if isinstance(member.get(source), str) and member[source]:
            read.fields.append((source, member[source]))
    return read


def type_of_galaxy(galaxy: str) -> str | None:
    """Type of object that the clusters of a galaxy become."""
    return next((type_ for type_, pattern in _TYPE_OF_GALAXY if pattern.fullmatch(galaxy)), None)


def _meta(read: Cluster, meta: dict[str, Any], name: str) -> dict[str, list[str]]:
    """Fill in what the meta data say; gives them as lists of texts."""
    known = {str(key): _texts(value) for key, value in meta.items()}
    references = [{"source_name": "mitre-attack", "external_id": each} for each in _attack_ids(known, name)]
    for each in known.pop("refs", []):
        address = url(each)
        references.append({"source_name": "reference", **({"url": address} if address else {"description": each})})
    aliases = list(dict.fromkeys(known.pop("synonyms", [])))
    if aliases and read.type in _ALIASED:
        read.properties["aliases"] = aliases
    elif aliases:
        known["synonyms"] = aliases
    read.properties["external_references"] = references
    read.fields += [(f"meta.{key}", text) for key, texts in known.items() for text in texts]
    return known


def _natural(read: Cluster, known: dict[str, list[str]], galaxy: str) -> None:
    """Fill in what the type demands (STIX 2.1 section 4)."""
    if read.type == "malware":
        read.properties["is_family"] = True
    elif read.type == "identity":
        read.properties["identity_class"] = "organization" if galaxy == "producer" else "class"
    elif read.type == "location":
        code = next((each for each in known.get("ISO", known.get("iso-code", [])) if _CODE.fullmatch(each)), None)
        if code is None:
            read.type = None  # a location needs a country code, a region of the standard's list, or a point
        else:
            read.properties["country"] = code.upper()


def _attack_ids(known: dict[str, list[str]], name: str) -> list[str]:
    said = [each for each in known.pop("external_id", []) if each]
    tail = _TAIL_ID.search(name)
    found = list(dict.fromkeys([*said, *([tail[1]] if tail else [])]))
    strange = [each for each in found if not _ATTACK_ID.fullmatch(each)]
    if strange:
        known["external_id"] = strange
    return [each for each in found if each not in strange]


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each if isinstance(each, str) else str(each) for each in values if each not in (None, "")]
