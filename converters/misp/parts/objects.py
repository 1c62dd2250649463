"""MISP objects whose attributes say one thing together: a file, a mail, traffic, a registry key.

An attribute that its object's template does not claim is what it is by its own type; mere text stays a field.
"""

from __future__ import annotations

from collections.abc import Callable

from converters.misp.parts import templates
from converters.misp.parts.composition import Composition, Part, Parts
from converters.misp.parts.values import Value


def compose(template: str, parts: list[Part]) -> Composition:
    """Compose what an object of this template is; every part ends in it."""
    left, composition = Parts(parts), Composition()
    composer = _TEMPLATES.get(template)
    if composer is not None:
        composer(left, composition)
    for part in left.rest():
        if part.value is None or template in _OF_TEXT:
            composition.left.append(part)
        else:
            _add_alone(part.value, composition, to_ids=part.to_ids)
            if not part.value.observables:
                composition.left.append(part)
    return composition


def _add_alone(value: Value, out: Composition, *, to_ids: bool) -> None:
    at = len(out.observables)
    out.observables += value.observables
    out.links += [(source + at, verb, target + at) for source, verb, target in value.links]
    if to_ids and value.pattern is not None:
        out.alone.append((value.language, value.pattern))


_TEMPLATES: dict[str, Callable[[Parts, Composition], None]] = {
    "file": templates.file,
    "pe": templates.pe,
    "pe-section": templates.pe_section,
    "domain-ip": templates.domain_ip,
    "email": templates.email,
    **dict.fromkeys(("network-connection", "network-socket", "network-traffic", "netflow"), templates.traffic),
    "registry-key": templates.registry,
    "x509": templates.certificate,
    "user-account": templates.account,
}
_OF_TEXT = frozenset({"pe-section"})
"""Templates whose attributes are not what they are by their types: the hash of a section is no file's."""
