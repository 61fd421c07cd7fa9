"""Data that stays where it is: objects of buckets, files behind URLs, answers of queries. Each has a fingerprint.

Knows how to ask for a fingerprint without fetching (HEAD); refuses to fetch. Passwords are cut from what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from modelwright.sdk.data.cutting import hasher, part
from modelwright.sdk.options import clean_url
from modelwright.types.codec import to_msgpack
from modelwright.types.data import Entry
from modelwright.types.errors import Invalid, NotFound, Unavailable
from modelwright.types.paths import clean

_BUCKETS = ("s3", "s3a", "gs", "az", "abfs", "abfss")
_ROWS = 10_000
_TIMEOUT_S = 20.0


def is_reference(source: Any) -> bool:
    """Whether this is a URI, or a list of them."""
    if isinstance(source, (list, tuple)):
        return bool(source) and all(isinstance(item, str) and is_reference(item) for item in source)
    return isinstance(source, str) and urlsplit(source).scheme in (*_BUCKETS, "http", "https")


def entries(uris: Sequence[str]) -> tuple[list[Entry], str]:
    """Entries of what URIs name (a bucket's prefix ends with `/`), in order, and where they come from in one line.

    Raises:
        NotFound, Unavailable: nothing is there, or it cannot be asked. Invalid: two have one name.
    """
    found: dict[str, Entry] = {}
    for uri in uris:
        for entry in _bucket(uri) if urlsplit(uri).scheme in _BUCKETS else [_web(uri)]:
            if entry.path in found:
                raise Invalid(f"two references are named {entry.path!r}", where=uri)
            found[entry.path] = entry
    if not found:
        raise NotFound("nothing is there", where=uris[0])
    return [found[path] for path in sorted(found)], ", ".join(clean_url(uri) for uri in uris[:3])


def query_entries(query: str, connection: Any, label: str, keep: Callable[[str, bytes], Entry]) -> list[Entry]:
    """Entries of a query: its text, which is kept, and the digest of its answer."""
    cursor = connection.cursor()
    cursor.execute(query)
    hashing = hasher()()
    hashing.update(to_msgpack([item[0] for item in cursor.description or ()]))
    count = 0
    while rows := cursor.fetchmany(_ROWS):
        hashing.update(to_msgpack([[_plain(value) for value in row] for row in rows]))
        count += len(rows)
    text = keep("query.sql", query.encode())
    place = f"sql:{clean_url(label) or 'query'}"
    result = Entry("result", -1, b"", b"", place, f"result:{hashing.hexdigest()}-{count}")
    return [text, result]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return value if not isinstance(value, int) or -(2**63) <= value < 2**63 else str(value)
    return str(value)


def _web(uri: str) -> Entry:
    import urllib3

    parts = urlsplit(uri)
    try:
        answer = urllib3.request("HEAD", uri, timeout=_TIMEOUT_S, retries=2, headers={"Accept-Encoding": "identity"})
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Unavailable(f"cannot be asked: {type(error).__name__}", where=clean_url(uri)) from None
    if answer.status >= 400:
        raise NotFound(f"the server answered {answer.status}", where=clean_url(uri))
    headers = answer.headers
    check = headers.get("x-amz-version-id") and f"version:{headers['x-amz-version-id']}"
    check = check or (headers.get("etag") and f"etag:{headers['etag'].strip()}")
    check = check or (headers.get("last-modified") and f"modified:{headers['last-modified']}")
    if not check:
        raise Invalid("the server gives no ETag, no version and no date, so a change would not be seen",
                      where=clean_url(uri))
    size = headers.get("content-length", "")
    name = clean(unquote(parts.path.rsplit("/", 1)[-1]) or parts.netloc.partition(":")[0])
    return Entry(name, int(size) if size.isdigit() else -1, b"", b"", clean_url(uri), check[:300])


def _bucket(uri: str) -> Iterator[Entry]:
    stores = part("obstore.store")
    obstore = part("obstore")
    bucket, _, key = uri.partition("://")[2].partition("/")
    root = f"{uri.partition('://')[0]}://{bucket}"
    try:
        store = stores.from_url(root)
        if key.endswith("/") or not key:
            for batch in obstore.list(store, prefix=key or None):
                for item in batch:
                    yield _object(root, item, item["path"].removeprefix(key))
        else:
            yield _object(root, obstore.head(store, key), key.rsplit("/", 1)[-1])
    except FileNotFoundError:
        raise NotFound("there is no such object", where=clean_url(uri)) from None
    except Exception as error:
        if isinstance(error, (Invalid, NotFound)):
            raise
        raise Unavailable(f"the bucket cannot be asked: {str(error)[:200]}", where=clean_url(uri)) from None


def _object(root: str, item: Any, name: str) -> Entry:
    check = f"version:{item['version']}" if item.get("version") else f"etag:{item['e_tag']}"
    return Entry(clean(name), item["size"], b"", b"", f"{root}/{item['path']}", check[:300])
