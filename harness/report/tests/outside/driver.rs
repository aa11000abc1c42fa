//! A browser: Chromium, driven by chromedriver, each with nothing that anybody else has.
//!
//! Does not: stay. Both end with the value.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a browser is a program, found on the path and started here alone; what it is asked for is JSON"
)]

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use url::Url;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// What Chromium is started with: nothing of it may leave the machine.
const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,1000",
];

/// How many drivers may find no port before something else is wrong.
const STARTS: usize = 5;

/// A browser with one window.
pub(crate) struct Browser {
    runtime: Runtime,
    client: Client,
    driver: Child,
    _profile: TempDir,
}

/// The first program on the path that is called like this.
pub(crate) fn on_the_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut folders = std::env::split_paths(&path);
    folders.find_map(|folder| names.iter().map(|name| folder.join(name)).find(|file| file.is_file()))
}

/// The driver and its browser; none when one of them is not there.
pub(crate) fn programs() -> Option<[PathBuf; 2]> {
    Some([on_the_path(&["chromedriver"])?, on_the_path(&["chromium", "chromium-browser", "google-chrome"])?])
}

/// A driver that listens, and its port. The port that it finds for one family of addresses may be taken in the other, and
/// then it gives up at once: another one finds another.
fn listening(program: &Path) -> Outcome<(Child, String)> {
    let mut said = String::new();
    for _ in 0..STARTS {
        let mut driver =
            Command::new(program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        for line in
            BufReader::new(driver.stdout.take().ok_or("it says nothing")?).lines().map_while(Result::ok)
        {
            // "ChromeDriver was started successfully on port 43211."
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                return Ok((driver, port.trim_end_matches('.').to_owned()));
            }
            said = line;
        }
        driver.wait()?;
    }
    Err(format!("chromedriver names no port: {said}").into())
}

impl Browser {
    pub(crate) fn start([driver, chromium]: [PathBuf; 2]) -> Outcome<Self> {
        let profile = TempDir::new()?;
        let (mut driver, port) = listening(&driver)?;
        let folder = format!("--user-data-dir={}", profile.path().display());
        let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([folder.as_str()]).collect();
        let capabilities = json!({
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "binary": chromium, "args": arguments },
        });
        let capabilities = capabilities.as_object().cloned().unwrap_or_default();
        let runtime = Runtime::new()?;
        let connected = runtime.block_on(
            ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities)
                .connect(&format!("http://127.0.0.1:{port}")),
        );
        match connected {
            Ok(client) => Ok(Self { runtime, client, driver, _profile: profile }),
            Err(error) => {
                driver.kill()?;
                driver.wait()?;
                Err(error.into())
            }
        }
    }

    pub(crate) fn stop(mut self) -> Outcome<()> {
        let closed = self.runtime.block_on(self.client.clone().close());
        self.driver.kill()?;
        self.driver.wait()?;
        Ok(closed?)
    }

    pub(crate) fn go(&self, address: &str) -> Outcome<()> {
        Ok(self.runtime.block_on(self.client.goto(address))?)
    }

    pub(crate) fn reload(&self) -> Outcome<()> {
        Ok(self.runtime.block_on(self.client.refresh())?)
    }

    pub(crate) fn click(&self, selector: &str) -> Outcome<()> {
        self.runtime.block_on(async { Ok(self.client.find(Locator::Css(selector)).await?.click().await?) })
    }

    /// Tells the page of a key, where its focus is: a window without a screen has no keyboard that one could rely on.
    pub(crate) fn press(&self, key: &str) -> Outcome<()> {
        let key = Value::from(key);
        let event =
            format!("new KeyboardEvent('keydown', {{ key: {key}, bubbles: true, cancelable: true }})");
        self.ask(&format!("document.activeElement.dispatchEvent({event})")).map(drop)
    }

    /// Writes into a field.
    pub(crate) fn write(&self, selector: &str, text: &str) -> Outcome<()> {
        self.runtime
            .block_on(async { Ok(self.client.find(Locator::Css(selector)).await?.send_keys(text).await?) })
    }

    /// What a script of the page gives.
    pub(crate) fn ask(&self, script: &str) -> Outcome<Value> {
        Ok(self.runtime.block_on(self.client.execute(script, Vec::new()))?)
    }

    /// What the console has said since somebody last asked.
    pub(crate) fn console(&self) -> Outcome<Vec<String>> {
        let entries = self.runtime.block_on(self.client.issue_cmd(Log))?;
        let entries = entries.as_array().cloned().unwrap_or_default();
        Ok(entries.iter().map(|entry| entry["message"].to_string()).collect())
    }
}

/// `POST /session/{id}/se/log`, which `WebDriver` itself does not have.
#[derive(Debug)]
struct Log;

impl WebDriverCompatibleCommand for Log {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _request: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some("{\"type\": \"browser\"}".to_owned()))
    }
}
