//! A red without a reply says what is wrong at the edge of its service; real sockets, once for each host.

use crate::support::{Answer, Chronicle, Played, Stage, Stub, expired_stub, nobody, tls_stub};
use harness_model::edge::{Edge, Tls};
use harness_model::event::Event;
use harness_model::verdict::Verdict;

const LOOK: &str = r#"
[matrix]
number = [1, 2]
[[step]]
name     = "look"
run.http = { on = "api", path = "/health" }
[step.poll]
until  = "status == 200"
every  = "50ms"
within = "300ms"
"#;

fn edges(played: &Played) -> Vec<Edge> {
    let edges = played.chronicle.events().into_iter().filter_map(|event| match event {
        Event::Examined { edge } => Some(*edge),
        _ => None,
    });
    edges.collect()
}

/// Waits in vain, twice; gives the cause of both and what was found out once.
async fn in_vain(base: &str) -> (String, Edge) {
    let played = Stage::at(base).scenario(LOOK).play().await;
    assert_eq!(played.endings.iter().map(|ending| ending.verdict).collect::<Vec<_>>(), [Verdict::Failed; 2]);
    let told =
        |cause: &str| cause.split_once("\n  edge    ").map(|(_, edge)| edge.to_owned()).expect("an edge");
    let causes: Vec<String> = played.endings.iter().map(|ending| told(&ending.cause)).collect();
    assert_eq!(causes[0], causes[1], "what was found out once is told to both");
    let edge = edges(&played);
    assert_eq!(edge.len(), 1);
    assert!(!edge[0].is_open());
    (causes[0].clone(), edge[0].clone())
}

#[tokio::test]
async fn a_name_without_an_address_is_named_with_the_word_of_the_resolver() {
    let (cause, edge) = in_vain("https://tenant.invalid").await;
    assert!(cause.starts_with("tenant.invalid:443: its name has no address ("), "{cause}");
    assert_eq!((edge.unresolved.is_some(), edge.doors.len()), (true, 0));
}

#[tokio::test]
async fn a_port_that_refuses_is_named_with_its_address() {
    let base = nobody().await;
    let place = base.trim_start_matches("http://");
    let (cause, edge) = in_vain(&base).await;
    assert!(cause.starts_with(&format!("{place} takes none (")), "{cause}");
    assert_eq!((edge.doors[0].address.as_str(), edge.tls), (place, None));
}

#[tokio::test]
async fn a_certificate_of_another_host_is_shown_with_whom_it_names_and_why_it_is_refused() {
    let (cause, edge) = in_vain(&tls_stub().await).await;
    let shown = "TLSv1_3, certificate of CN=another.example, signed by CN=another.example, \
                 valid from 2026-11-21 07:27:22 to 2126-10-28 07:27:22; this machine refuses it: ";
    assert!(cause.contains(" takes connections\n  edge    ") && cause.contains(shown), "{cause}");
    assert!(matches!(edge.tls, Some(Tls::Shown { refused: Some(_), .. })));
}

#[tokio::test]
async fn a_certificate_that_has_expired_says_when() {
    let (cause, _) = in_vain(&expired_stub().await).await;
    let shown = "certificate of CN=expired.example, O=Old Ones, signed by CN=expired.example, O=Old Ones, \
                 valid from 2020-01-01 00:00:00 to 2020-01-02 00:00:00; this machine refuses it: ";
    assert!(cause.contains(shown), "{cause}");
    assert!(cause.to_lowercase().contains("expired: "), "{cause}");
}

#[tokio::test]
async fn a_server_that_never_speaks_tls_takes_connections_and_no_more() {
    let stub = Stub::start(&Chronicle::default(), |_| Answer::new(200, "{}")).await;
    let (cause, edge) = in_vain(&stub.base.replace("http://", "https://")).await;
    assert!(cause.contains(" takes connections\n  edge    ") && cause.contains(": no TLS ("), "{cause}");
    assert!(matches!(edge.tls, Some(Tls::Failed { .. })));
}

#[tokio::test]
async fn a_service_that_answers_is_not_examined() {
    let steps = LOOK.replace("status == 200", "status == 418");
    let played = Stage::with(|_| Answer::new(200, "{}")).await.scenario(&steps).play().await;
    assert_eq!((played.endings[0].verdict, edges(&played).len()), (Verdict::Failed, 0));
}

#[tokio::test]
async fn of_many_places_the_first_are_examined_and_each_of_them_once() {
    let far = "[service.far]\nbase = \"https://{{ place }}.invalid\"\nhosts = [\"*.invalid\"]\n";
    let matrix = "place = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\"]";
    let steps =
        LOOK.replace("on = \"api\"", "on = \"far\"").replace("[matrix]\n", &format!("[matrix]\n{matrix}\n"));
    let played = Stage::at("https://tenant.invalid").declare(far).scenario(&steps).play().await;
    assert_eq!(played.endings.len(), 20);
    let found = edges(&played);
    assert_eq!(found.len(), 8);
    let told = played.endings.iter().filter(|ending| ending.cause.contains("\n  edge    ")).count();
    assert_eq!(told, 16, "what was found out is told to everybody whom it is about");
}
