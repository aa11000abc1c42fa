//! Uploads and downloads: what is made, sent, counted and written down of files.

use crate::support::{Answer, Seen, Stage};
use axum::http::StatusCode;
use harness_model::verdict::Verdict;

/// Sends a file, and asks for what was kept of it.
const ROUND_TRIP: &str = r#"
[[step]]
name     = "up"
run.http = { on = "api", method = "POST", path = "/files", upload = { field = "files", name = "a \"b\".png", type = "image/png", bytes = "100 KiB" } }
expect   = ["status == 200", "body.length == upload.bytes", "upload.name == 'a \"b\".png'", "upload.type == 'image/png'"]
[step.capture]
sent = "upload.sha256"
[[step]]
name     = "down"
run.http = { on = "api", path = "/files" }
expect   = ["sha256 == sent", "bytes == 102400", "text == ''"]
"#;

/// The file inside a form, and what stands before it.
fn parts(seen: &Seen) -> (String, Vec<u8>) {
    let boundary =
        seen.header("content-type").and_then(|kind| kind.split("boundary=").nth(1)).expect("a form");
    let tail = format!("\r\n--{boundary}--\r\n");
    let start = seen.bytes.windows(4).position(|part| part == b"\r\n\r\n").expect("a head") + 4;
    let end = seen.bytes.len() - tail.len();
    assert_eq!(&seen.bytes[end..], tail.as_bytes());
    let head = String::from_utf8(seen.bytes[..start].to_vec()).expect("a head is text");
    (head.replace(boundary, "B"), seen.bytes[start..end].to_vec())
}

fn keeps(flaw: usize) -> impl Fn(&Seen) -> Answer {
    let kept = std::sync::Mutex::new(Vec::new());
    move |seen| {
        let mut kept = kept.lock().expect("no panic");
        if seen.method == "POST" {
            *kept = parts(seen).1;
            return Answer::new(200, format!("{{\"length\": {}}}", kept.len()));
        }
        let mut bytes = kept.clone();
        bytes.iter_mut().take(flaw).for_each(|byte| *byte ^= 1);
        Answer::new(200, bytes).with("content-type", "image/png")
    }
}

#[tokio::test]
async fn a_file_goes_up_as_a_form_and_its_digest_is_that_of_what_comes_down() {
    let played = Stage::with(keeps(0)).await.scenario(ROUND_TRIP).play().await;
    played.assert(Verdict::Passed);
    let sent = &played.chronicle.requests()[0];
    let (head, file) = parts(sent);
    assert_eq!(
        head,
        "--B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a %22b%22.png\"\r\n\
         Content-Type: image/png\r\n\r\n"
    );
    assert_eq!(file.len(), 102_400);
    assert_eq!(sent.header("content-length"), Some(sent.bytes.len().to_string().as_str()));
}

#[tokio::test]
async fn one_byte_that_differs_is_a_failure_that_names_both_digests() {
    let played = Stage::with(keeps(1)).await.scenario(ROUND_TRIP).play().await;
    played.assert_cause(
        Verdict::Failed,
        &["sha256 == sent", "sha256 = \"", "sent = \"", "102400 bytes of image/png"],
    );
}

#[tokio::test]
async fn a_recording_shows_digests_and_lengths_and_no_byte_of_a_file() {
    let played = Stage::with(keeps(0)).await.scenario(ROUND_TRIP).play().await;
    let exchanges = played.chronicle.exchanges();
    let sent = exchanges[0].request_body.clone().unwrap_or_default();
    let digest = sent.rsplit(' ').next().unwrap_or_default().trim_end_matches(')').to_owned();
    assert_eq!(digest.len(), 64);
    assert_eq!(sent, format!("(a form: files = a \"b\".png, image/png, 102400 bytes, sha256 {digest})"));
    assert_eq!(exchanges[1].response_body, format!("(102400 bytes of image/png, sha256 {digest})"));
}

#[tokio::test]
async fn a_condition_on_the_text_of_a_binary_body_says_what_to_compare() {
    let steps = "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/x\" }\nexpect = [\"body.name == 'x'\"]\n";
    let stage =
        Stage::with(|_| Answer::new(200, b"\xff\xd8\xff".to_vec()).with("content-type", "image/jpeg")).await;
    let played = stage.scenario(steps).play().await;
    played.assert_cause(
        Verdict::Failed,
        &["it is 3 bytes of image/jpeg, and no text: compare `sha256` and `bytes`"],
    );
}

#[tokio::test]
async fn a_refusal_of_26_mib_is_a_reply_like_any_other() {
    let steps = r#"
[[step]]
name     = "too large"
run.http = { on = "api", method = "POST", path = "/files", upload = { field = "files", name = "a", bytes = "26 MiB" } }
expect   = ["status == 413", "upload.bytes == 27262976"]
"#;
    let refuses = |seen: &Seen| {
        let status =
            if seen.bytes.len() > 27_262_976 { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::OK };
        Answer::new(status.as_u16(), "")
    };
    let played = Stage::with(refuses).await.patience("20s").scenario(steps).play().await;
    played.assert(Verdict::Passed);
}
