//! The contract as a table: every route of the router, who may ask it, and what it refuses.

mod support;
mod table;

use std::collections::BTreeSet;

use table::cast::Cast;
use table::{Contract, Row, Tier};

/// What each tier answers to those whom it does not let through: who asks, the status, the error.
fn strangers(tier: Tier) -> &'static [(&'static str, u16, &'static str)] {
    match tier {
        Tier::Open | Tier::Guarded | Tier::Caller => &[],
        Tier::ControlAdmin => &[
            ("nobody", 401, "admin auth required"),
            ("stranger", 401, "invalid admin auth token"),
            ("admin", 401, "invalid admin auth token"),
        ],
        Tier::Admin => &[
            ("nobody", 401, "admin auth required"),
            ("stranger", 401, "invalid admin auth token"),
            ("id", 401, "invalid admin auth token"),
            ("beta-admin", 401, "invalid admin auth token"),
            ("control", 401, "invalid admin auth token"),
        ],
        Tier::Workspace => &[
            ("nobody", 401, "missing workspace auth token"),
            ("stranger", 401, "invalid workspace auth token"),
            ("other", 401, "invalid workspace auth token"),
            ("beta-admin", 401, "invalid workspace auth token"),
        ],
        Tier::Own => &[
            ("nobody", 401, "missing workspace auth token"),
            ("stranger", 401, "invalid workspace auth token"),
            ("other", 401, "invalid workspace auth token"),
            ("admin", 401, "invalid workspace auth token"),
        ],
        Tier::Registry | Tier::GuardedRegistry => &[
            ("nobody", 401, "missing workspace auth token"),
            ("stranger", 401, "invalid workspace auth token"),
            ("other", 401, "invalid workspace auth token"),
        ],
    }
}

fn is_guarded(tier: Tier) -> bool {
    match tier {
        Tier::Open | Tier::ControlAdmin | Tier::Registry => false,
        Tier::Guarded | Tier::Admin | Tier::Workspace | Tier::Own | Tier::GuardedRegistry | Tier::Caller => {
            true
        }
    }
}

#[test]
fn the_table_and_the_router_have_the_same_routes() {
    let table: Vec<String> = Contract::read().routes.iter().map(Row::name).collect();
    let router: BTreeSet<String> = shakedown_platform::routes().map(table::name).collect();
    let once: BTreeSet<String> = table.iter().cloned().collect();
    assert_eq!(table.len(), once.len(), "a route stands in the table twice");
    assert_eq!(once, router);
}

#[tokio::test]
async fn every_route_hides_from_other_organisations_and_refuses_other_credentials() {
    let mut cast = Cast::assemble().await;
    for row in Contract::read().routes {
        cast.renew(Some(&row)).await;
        let right = row.right();
        if is_guarded(row.tier) {
            for org in [None, Some(cast.beta_id())] {
                let answer = cast.ask_as_org(&row, &right, org).await;
                assert_eq!((answer.status.as_u16(), answer.text.as_str()), (404, ""), "{row}: {org:?}");
            }
        }
        for (who, status, error) in strangers(row.tier) {
            let answer = cast.ask(&row, &right.from(who)).await;
            let found = (answer.status.as_u16(), answer.body["error"].as_str().unwrap_or_default());
            assert_eq!(found, (*status, *error), "{row}: {who}");
        }
        if row.tier == Tier::Workspace {
            let answer = cast.ask(&row, &right.of("removed").from("removed")).await;
            assert_eq!(answer.status, 401, "{row}: the token of a removed workspace is revoked");
        }
    }
    cast.leave().await;
}

#[tokio::test]
async fn every_refusal_is_given_in_the_order_of_the_contract_and_nothing_else_is_refused() {
    let mut cast = Cast::assemble().await;
    for row in Contract::read().routes {
        cast.renew(Some(&row)).await;
        for (number, refusal) in row.refusals.iter().enumerate() {
            cast.expect_refusal(&row, &row.wrong(refusal), refusal).await;
            if row.ordered && !refusal.alone {
                cast.expect_refusal(&row, &row.wrong_from(number), refusal).await;
            }
        }
        assert_eq!(cast.status(&row, &row.right()).await, row.success, "{row}");
    }
    cast.leave().await;
}

#[tokio::test]
async fn what_is_no_route_is_named_also_below_known_paths_and_for_other_methods() {
    let mut cast = Cast::assemble().await;
    cast.renew(None).await;
    for route in shakedown_platform::routes() {
        let below = format!("{}/nowhere", route.path);
        let other = if route.method == "PUT" { "PATCH" } else { "PUT" };
        for (method, path) in [(route.method, below.as_str()), (other, route.path)] {
            if shakedown_platform::routes().any(|known| table::covers(known, route.server, method, path)) {
                continue;
            }
            let path = cast.fill(path);
            let answer = cast.ask_unknown(route.server, method, &path).await;
            assert_eq!(answer.status, 501, "{method} {path}");
            assert_eq!(
                answer.body["error"],
                format!("this platform has no route {method} {path}"),
                "{method} {path}"
            );
        }
    }
    cast.leave().await;
}
