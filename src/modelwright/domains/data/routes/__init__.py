"""The native operations of data, a file a noun; `ROUTES` lists them."""

from modelwright.domains.data.routes.contents import routes as _contents
from modelwright.domains.data.routes.datasets import routes as _datasets
from modelwright.domains.data.routes.versions import routes as _versions

ROUTES = [_datasets, _versions, _contents]
