//! What our own suite sends, as the platform saw it: the organisation on every call to a tenant, each token where it
//! belongs, and no token anywhere else.

use crate::support::hosted::Hosted;
use crate::support::served::QUICK;
use shakedown_platform::{AuditRow, Door, Options};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn the_suite_names_the_organisation_on_every_call_and_shows_each_token_where_it_belongs() {
    let hosted = Hosted::start(Options::default());
    let ended = hosted.run(&[("E2E_TAG", QUICK)]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let audit = hosted.platform.audit();
    hosted.stop();

    assert_eq!(audit.dropped, 0);
    let of_tenants: Vec<&AuditRow> = audit.rows.iter().filter(|row| !row.tenant.is_empty()).collect();
    assert!(of_tenants.len() > 500, "{} calls only", of_tenants.len());

    // Whoever was let in has named its organisation; the guard hid the tenant where a scenario asks for just that.
    let homes: BTreeMap<&str, BTreeSet<&str>> = of_tenants
        .iter()
        .filter(|row| row.door != Door::Hidden && row.path != "/health")
        .fold(BTreeMap::new(), |mut homes, row| {
            homes.entry(&row.tenant).or_default().insert(row.org.as_deref().unwrap_or("none"));
            homes
        });
    assert!(!homes.is_empty());
    for (tenant, orgs) in &homes {
        assert!(orgs.len() == 1 && !orgs.contains("none"), "{tenant}: {orgs:?}");
    }
    let hidden = of_tenants.iter().filter(|row| row.door == Door::Hidden).count();
    assert_eq!(hidden, 6, "four of `isolation`, two of `neighbours`");

    // A token is shown to one server, as a bearer, and nowhere else.
    let mut shown: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &audit.rows {
        if let Some(bearer) = &row.bearer {
            shown.entry(bearer).or_default().insert(&row.tenant);
        }
    }
    assert!(shown.len() > 5, "{} tokens only", shown.len());
    assert!(shown.values().all(|servers| servers.len() == 1), "{shown:#?}");
    let strays: Vec<&AuditRow> = audit
        .rows
        .iter()
        .filter(|row| row.strays.iter().any(|stray| shown.contains_key(stray.mark.as_str())))
        .collect();
    assert!(strays.is_empty(), "{strays:#?}");
}
