//! What depends on the variables of the process: run in a child, so that nobody else meets them.

use crate::support::{Answer, Stage, pem, tls_stub};
use harness_model::verdict::Verdict;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;

/// Runs one ignored test of this program, alone, with these variables.
async fn alone(test: &'static str, variables: Vec<(&'static str, String)>) -> Output {
    let run = move || {
        let program = std::env::current_exe().expect("this program");
        #[expect(clippy::disallowed_methods, reason = "a test of the engine's own process")]
        let mut command = std::process::Command::new(program);
        command.args(["--ignored", "--exact", test]).env_remove("NO_PROXY").env_remove("no_proxy");
        command.envs(variables).output().expect("it runs")
    };
    tokio::task::spawn_blocking(run).await.expect("it ends")
}

fn assert_passed(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test]
async fn the_variables_of_proxies_are_never_followed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let proxy = format!("http://{}", listener.local_addr().expect("an address"));
    let heard = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&heard);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let variables = names.into_iter().map(|name| (name, proxy.clone())).collect();
    assert_passed(&alone("child::alone_a_credential_reaches_its_service", variables).await);
    assert_eq!(heard.load(Ordering::SeqCst), 0);
}

#[tokio::test]
#[ignore = "run by the test above, with the variables of proxies"]
async fn alone_a_credential_reaches_its_service() {
    let steps = "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", as = \"key\", path = \"/x\" }\n\
                 expect = [\"status == 200\"]\n";
    let stage = Stage::with(|_| Answer::new(200, "{}")).await.secret("hunter2").scenario(steps);
    let played = stage.play().await;
    played.assert(Verdict::Passed);
    assert_eq!(played.chronicle.requests()[0].header("authorization"), Some("Bearer hunter2"));
}

#[tokio::test]
async fn a_trusted_certificate_of_another_host_is_named_and_nothing_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let anchors = folder.path().join("anchors.pem");
    #[expect(clippy::disallowed_methods, reason = "a trust anchor for the child")]
    std::fs::write(&anchors, pem()).expect("it is written");
    let variables = vec![("SSL_CERT_FILE", anchors.display().to_string())];
    assert_passed(&alone("child::alone_the_certificate_is_that_of_another_host", variables).await);
}

#[tokio::test]
#[ignore = "run by the test above, where the certificate is trusted"]
async fn alone_the_certificate_is_that_of_another_host() {
    let steps = "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", as = \"key\", path = \"/x\" }\n\
                 expect = [\"status == 200\"]\n";
    let stage = Stage::at(&tls_stub().await).secret("hunter2").scenario(steps);
    let words = ["could not connect to 127.0.0.1:", "its certificate is that of another host"];
    stage.play().await.assert_cause(Verdict::Errored, &words);
}
