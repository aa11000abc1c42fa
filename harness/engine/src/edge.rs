//! The edges of a run: examined once for each host, when a red has no reply to show.
//!
//! Does not: change a verdict, or examine more than a few hosts.

use crate::net::edge::{Place, examine};
use crate::run::RunContext;
use crate::shared::Shared;
use harness_model::edge::Edge;
use harness_model::event::Event;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many hosts of one run are examined: what is wrong with more is wrong with these.
const MOST: usize = 8;

/// What was found out so far, by place.
#[derive(Default)]
pub(crate) struct Edges {
    shared: Shared<Place, Edge>,
    examined: AtomicUsize,
}

/// The lines about the edge of a base, as a cause shows them; nothing for one that cannot be examined.
pub(crate) async fn examined(run: &RunContext, base: &str) -> String {
    let Some(place) = Place::of(base) else { return String::new() };
    let journal = run.journal.clone();
    let of_place = place.clone();
    let edges = &run.edges;
    if !edges.shared.has(&place) && edges.examined.fetch_add(1, Ordering::Relaxed) >= MOST {
        return String::new();
    }
    let found = edges.shared.of(&place, &run.cancel, || async move {
        let mut edge = examine(&of_place).await;
        for text in edge.texts() {
            *text = journal.scrub(text);
        }
        journal.record(Event::Examined { edge: Box::new(edge.clone()) });
        edge
    });
    // A run that is stopped waits for no diagnosis.
    let lines = found.await.map(|edge| edge.lines()).unwrap_or_default();
    lines.into_iter().fold(String::new(), |told, line| told + "\n  edge    " + &line)
}
