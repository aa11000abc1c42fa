//! Hostile peers: bounded in memory and time, named in words to act on, and nobody else's problem.

use crate::support::{Answer, Chronicle, HostilePeer, Hostility, Played, Stage, Stub, tls_stub};
use harness_engine::net::wait;
use harness_model::verdict::Verdict;
use std::time::Duration;

const POST: &str = r#"
[[step]]
name     = "ask"
run.http = { on = "api", method = "POST", path = "/x" }
expect   = ["body.status == 'online'"]
"#;
/// The request timeout of the stage, and what a busy machine may add.
const SOON: Duration = Duration::from_secs(8);
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Sends one request that nobody may repeat.
async fn meet(hostility: Hostility) -> (Played, HostilePeer) {
    let peer = HostilePeer::start(hostility).await;
    let started = wait::now();
    let played = Stage::at(&peer.base).patience("500ms").scenario(POST).play().await;
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    assert_eq!(peer.connections(), 1);
    (played, peer)
}

fn says(reply: &str) -> Hostility {
    Hostility::Says(reply.as_bytes().to_vec())
}

/// A reply of this type, with its right length.
fn reply(kind: &str, body: &[u8]) -> Hostility {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
    Hostility::Says([head.as_bytes(), body].concat())
}

#[tokio::test]
async fn a_peer_that_never_speaks_is_named_when_time_is_up() {
    let (played, peer) = meet(Hostility::Silent).await;
    let endpoint = peer.base.trim_start_matches("http://");
    let words = ["no complete reply from", endpoint, "within 0.5s: the head of its reply did not end"];
    played.assert_cause(Verdict::Errored, &words);
}

#[tokio::test]
async fn a_head_that_drips_for_ever_is_named_when_time_is_up() {
    let (played, _) = meet(Hostility::Drips("HTTP/1.1 200 OK\r\n", "X-Drip: 1\r\n")).await;
    played.assert_cause(Verdict::Errored, &["within 0.5s: the head of its reply did not end"]);
}

#[tokio::test]
async fn a_body_that_drips_for_ever_is_named_with_what_had_come() {
    let (played, _) = meet(Hostility::Drips(CHUNKED, "1\r\nx\r\n")).await;
    played.assert_cause(Verdict::Errored, &["within 0.5s: its body did not end, ", " bytes had come"]);
    let (played, _) = meet(Hostility::Drips("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", "x")).await;
    played.assert_cause(Verdict::Errored, &["of the 100000 bytes of its body had come"]);
}

#[tokio::test]
async fn headers_without_end_are_read_no_further_than_their_limit() {
    let many = Hostility::Floods("HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n".to_vec());
    let long = Hostility::Floods("HTTP/1.1 200 OK\r\nX-Long: ", vec![b'x'; 1000]);
    for hostility in [many, long] {
        let peer = HostilePeer::start(hostility).await;
        let played = Stage::at(&peer.base).patience("20s").scenario(POST).play().await;
        played.assert_cause(Verdict::Errored, &["broke off: the head of its reply is too long"]);
        assert!(peer.written() < 16 << 20, "{}", peer.written());
    }
}

#[tokio::test]
async fn a_flood_of_informational_replies_is_no_reply() {
    let (played, _) = meet(Hostility::Floods("", b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec())).await;
    played.assert_cause(Verdict::Errored, &["within 0.5s: the head of its reply did not end"]);
}

#[tokio::test]
async fn chunks_without_end_are_read_no_further_than_the_limit_of_a_reply() {
    let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
    let peer = HostilePeer::start(Hostility::Floods(CHUNKED, chunk)).await;
    let played = Stage::at(&peer.base).patience("20s").scenario(POST).play().await;
    played.assert_cause(Verdict::Errored, &["longer than 10485760 bytes", "not read to its end"]);
    assert!(peer.written() < 32 << 20, "{}", peer.written());
}

#[tokio::test]
async fn ten_announced_gigabytes_are_not_read_at_all() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n";
    let (played, peer) = meet(Hostility::Floods(head, vec![b'x'; 0x10000])).await;
    played.assert_cause(Verdict::Errored, &["longer than 10485760 bytes (it announces 10000000000)"]);
    assert!(peer.written() < 16 << 20, "{}", peer.written());
}

#[tokio::test]
async fn a_bomb_is_not_unpacked_and_its_packing_is_named() {
    // The head of a gzip stream; what follows would be a gigabyte of zeros.
    let packed = [[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3].as_slice(), &[0; 4096]].concat();
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4106\r\n\r\n";
    let (played, _) = meet(Hostility::Says([head.as_bytes(), &packed].concat())).await;
    let words = ["is packed (content-encoding: gzip), which was not asked for", "not unpacked"];
    played.assert_cause(Verdict::Errored, &words);
    let bodies: Vec<usize> =
        played.chronicle.exchanges().iter().map(|exchange| exchange.response_body.len()).collect();
    assert!(bodies.iter().all(|length| *length < 200), "{bodies:?}");
}

#[tokio::test]
async fn a_half_body_and_a_half_head_are_told_apart() {
    let (played, _) = meet(says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\": ")).await;
    let words = ["closed the connection before its reply was complete: 11 of the 100 bytes of its body"];
    played.assert_cause(Verdict::Errored, &words);
    let (played, _) = meet(says("HTTP/1.1 200 OK\r\nContent-Le")).await;
    let words = ["closed the connection before its reply was complete: the head of its reply did not end"];
    played.assert_cause(Verdict::Errored, &words);
    let (played, _) = meet(says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"sta")).await;
    played.assert_cause(Verdict::Errored, &["before its reply was complete"]);
}

#[tokio::test]
async fn a_connection_that_is_torn_down_is_named() {
    let (played, _) = meet(Hostility::Resets).await;
    played.assert_cause(Verdict::Errored, &["broke off: it tore the connection down"]);
}

#[tokio::test]
async fn what_is_not_http_is_named() {
    for nonsense in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
    ] {
        let (played, _) = meet(says(nonsense)).await;
        played.assert_cause(Verdict::Errored, &["broke off: what it sent is not HTTP"]);
    }
}

#[tokio::test]
async fn a_body_that_is_not_what_was_expected_says_what_it_is() {
    let nested = "[".repeat(100_000);
    let table = [
        (reply("application/json", b"{\"status\": \xff\"online\"}"), "it is not UTF-8 from byte 11 on"),
        (reply("text/html", b"<p>Sign in</p>"), "it is HTML, not JSON"),
        (reply("application/json", b"online"), "it is not JSON: expected value"),
        (reply("application/json", b"{\"status\": 1e999}"), "it is not JSON: number out of range"),
        (reply("application/json", nested.as_bytes()), "it is not JSON: recursion limit exceeded"),
    ];
    for (hostility, words) in table {
        let (played, _) = meet(hostility).await;
        played.assert_cause(Verdict::Failed, &["body.status = missing", "but     ", words]);
    }
}

#[tokio::test]
async fn json_of_millions_of_values_is_not_taken_apart() {
    let many = format!("[{}0]", "0,".repeat(5_000_000));
    let peer = HostilePeer::start(reply("application/json", many.as_bytes())).await;
    let played = Stage::at(&peer.base).patience("20s").scenario(POST).play().await;
    played.assert_cause(Verdict::Failed, &["body.status = missing", "has more than 200000 values"]);
}

#[tokio::test]
async fn a_redirect_is_shown_with_where_it_leads_and_nobody_goes_there() {
    let heard = Chronicle::default();
    let other = Stub::start(&heard, |_| Answer::new(200, "{\"status\": \"online\"}")).await;
    for target in ["/x".to_owned(), format!("{}/y", other.base)] {
        let moved = format!("HTTP/1.1 307 Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");
        let (played, _) = meet(says(&moved)).await;
        let words = format!("it redirects to {target}, and redirects are not followed");
        played.assert_cause(Verdict::Failed, &["307 with an empty body", &words]);
    }
    assert_eq!(heard.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn headers_that_come_twice_are_read_as_one() {
    let twice = "HTTP/1.1 200 OK\r\nX-Pet: cat\r\nContent-Length: 2\r\nx-pet: dog\r\n\r\n{}";
    let peer = HostilePeer::start(says(twice)).await;
    let text = POST.replace("body.status == 'online'", "headers.x_pet == 'cat, dog'");
    Stage::at(&peer.base).scenario(&text).play().await.assert(Verdict::Passed);
}

#[tokio::test]
async fn a_second_reply_to_one_request_answers_no_other() {
    let twice = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"n\": 1}\
                 HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"n\": 2}";
    let peer = HostilePeer::start(Hostility::Lingers(twice.to_owned())).await;
    let step = |name: &str| POST.replace("ask", name).replace("body.status == 'online'", "body.n == 1");
    let played = Stage::at(&peer.base).scenario(&format!("{}{}", step("ask"), step("again"))).play().await;
    played.assert(Verdict::Passed);
    assert_eq!(peer.connections(), 2);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_named_and_nothing_is_sent() {
    let base = tls_stub().await;
    let played = Stage::at(&base).scenario(POST).play().await;
    let words = ["could not connect to", "its certificate is none that this machine trusts"];
    played.assert_cause(Verdict::Errored, &words);
    assert_eq!(played.ending().retries, 0);
}

#[tokio::test]
async fn a_name_without_an_address_is_named() {
    // A label of more than 63 letters is refused by the system itself: nobody's name server is asked.
    let name = format!("{}.invalid", "a".repeat(70));
    let played = Stage::at(&format!("http://{name}:1")).scenario(POST).play().await;
    let words = format!("could not connect to {name}:1: its name has no address");
    played.assert_cause(Verdict::Errored, &[&words]);
}

#[tokio::test]
async fn large_replies_that_never_end_do_not_starve_a_healthy_one() {
    let large = format!("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n{}", "x".repeat(2 << 20));
    let peer = HostilePeer::start(Hostility::Lingers(large)).await;
    let healthy = format!("{{\"pad\": \"{}\", \"status\": \"online\"}}", "x".repeat(2 << 20));
    let stage = Stage::with(move |_| Answer::new(200, healthy.clone())).await.variable("PEER", &peer.base);
    let steps = POST.replace("\"api\"", "\"peer\"");
    let played = stage
        .declare("[service.peer]\nbase = \"{{ env.PEER }}\"\n")
        .another("endless", &format!("[matrix]\nseat = [1, 2, 3, 4, 5, 6]\n{steps}"))
        .scenario(POST)
        .patience("6s");
    let played = played.play().await;
    let endings = played.chronicle.endings();
    let (_, healthy) = endings.iter().find(|(case, _)| case == "small").expect("it ended");
    assert_eq!(healthy.verdict, Verdict::Passed, "{}", healthy.cause);
    let endless: Vec<Verdict> =
        endings.iter().filter(|(case, _)| case != "small").map(|(_, ending)| ending.verdict).collect();
    assert_eq!(endless, [Verdict::Errored; 6]);
}

/// Five hostilities, each with a limit of its own to run into.
fn hostilities() -> [Hostility; 5] {
    let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
    [
        Hostility::Silent,
        Hostility::Drips(CHUNKED, "1\r\nx\r\n"),
        Hostility::Floods(CHUNKED, chunk),
        Hostility::Drips("", "HTTP/1.1 103 Early Hints\r\n\r\n"),
        reply("application/json", "[".repeat(300_000).as_bytes()),
    ]
}

/// Healthy cases among hostile peers, all at once: a service and a scenario for each hostility.
async fn among_hostile_peers(healthy: usize, hostile: usize, timeout: &str) {
    let seats = |count: usize| (0..count).map(|seat| seat.to_string()).collect::<Vec<_>>().join(", ");
    let mut stage = Stage::with(|_| Answer::new(200, "{\"status\": \"online\"}")).await;
    for (number, hostility) in hostilities().into_iter().enumerate() {
        let peer = HostilePeer::start(hostility).await;
        let variable = format!("PEER_{number}");
        let text = POST.replace("\"api\"", &format!("\"peer{number}\""));
        stage = stage
            .variable(&variable, &peer.base)
            .declare(&format!("[service.peer{number}]\nbase = \"{{{{ env.{variable} }}}}\"\n"))
            .another(&format!("hostile{number}"), &format!("[matrix]\nseat = [{}]\n{text}", seats(hostile)));
    }
    let scenario = format!("[matrix]\nseat = [{}]\n{POST}", seats(healthy));
    let played = stage.patience(timeout).scenario(&scenario).play().await;
    let verdicts = |scenario: &str| -> Vec<Verdict> {
        let ours = played.chronicle.endings().into_iter().filter(|(case, _)| case.starts_with(scenario));
        ours.map(|(_, ending)| ending.verdict).collect()
    };
    assert_eq!(verdicts("small::"), vec![Verdict::Passed; healthy]);
    assert_eq!(verdicts("hostile4::"), vec![Verdict::Failed; hostile]);
    for scenario in ["hostile0::", "hostile1::", "hostile2::", "hostile3::"] {
        assert_eq!(verdicts(scenario), vec![Verdict::Errored; hostile], "{scenario}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_peers_harm_nobody_else() {
    let started = wait::now();
    among_hostile_peers(8, 4, "4s").await;
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "half a minute; for measuring what five hundred cases cost when every tenth peer is hostile"]
async fn five_hundred_cases_with_every_tenth_peer_hostile_end_as_they_must() {
    among_hostile_peers(450, 10, "20s").await;
}
