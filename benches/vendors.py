"""Points the public clients `python-amazon-sp-api` and `xero-python` at a sandbox.

Nothing in them is patched: both let a caller name another address. `connection` is the object that
`daybook sandbox --json` prints as its first line.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sp_api.auth import AccessTokenClient
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.identity import IdentityApi

# What a bookkeeping app asks for. Xero gives a refreshed token the scopes of the consent.
SCOPES = [
    "offline_access",
    "accounting.contacts",
    "accounting.invoices",
    "accounting.payments",
    "accounting.settings",
]


@dataclass(frozen=True)
class Marketplace:
    """What an Amazon client reads of a member of `sp_api.base.Marketplaces`."""

    endpoint: str
    marketplace_id: str
    region: str


def amazon(client, connection, region, marketplace_id):
    """An Amazon client class such as `Sellers`, made for a region ("eu", "na" or "fe")."""
    there = next(one for one in connection["amazon_regions"] if one["region"].lower() == region)
    token = urlsplit(connection["amazon_token_url"])

    class TokenClient(AccessTokenClient):
        scheme = f"{token.scheme}://"
        host = token.netloc
        path = token.path

    return client(
        marketplace=Marketplace(there["api"], marketplace_id, region),
        refresh_token=there["refresh_token"],
        credentials={
            "lwa_app_id": connection["amazon_client_id"],
            "lwa_client_secret": connection["amazon_client_secret"],
        },
        auth_token_client_class=TokenClient,
    )


def xero(connection):
    """The Accounting API and the id of the one organisation that the user connected."""

    class Token(OAuth2Token):
        def call_refresh_token_api(self, token_api):
            token_api.refresh_token_url = connection["xero_token_url"]
            return super().call_refresh_token_api(token_api)

    # Already run out, so that the first call renews it.
    kept = {
        "access_token": "",
        "refresh_token": connection["xero_refresh_token"],
        "expires_in": 0,
        "expires_at": 0,
        "token_type": "Bearer",
        "scope": SCOPES,
    }

    def keep(token):
        kept.clear()
        kept.update(token)

    token = Token(connection["xero_client_id"], connection["xero_client_secret"])
    client = ApiClient(
        Configuration(oauth2_token=token),
        oauth2_token_getter=lambda: kept,
        oauth2_token_saver=keep,
    )
    root = connection["xero_connections_url"].rsplit("/", 1)[0]
    tenants = IdentityApi(client, base_url=root).get_connections()
    return AccountingApi(client, base_url=connection["xero_api"]), tenants[0].tenant_id
