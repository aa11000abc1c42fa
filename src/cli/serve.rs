//! `shakedown serve`: the embedded platform alone, for a browser, curl, or a run in another process.
//!
//! Does not: know any suite.

use super::print;
use crate::embedded::{self, ADMIN_TOKEN, CONTROL_PLANE, TENANT_DOMAIN, TENANT_HOST};
use crate::start::StartError;
use harness_runner::model::exit::ExitCode;
use shakedown_platform::{Options, Platform, Profile, RateLimit};
use std::io::Write;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use tokio::signal::unix::{SignalKind, signal};

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  shakedown serve                                        # a free port; prints the variables of a live run
  shakedown serve --listen 127.0.0.1:8080 --data ./platform
  shakedown serve --profile s                            # the version before the contract
  shakedown serve --list-faults                          # everything that can be asked to go wrong
  shakedown serve --fault create-500
  shakedown serve --fault create-500:nth=2 --fault 'status:on=GET /workspaces/*,is=503,first=3'";

/// What `serve` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The address of the control plane; port 0 takes a free one, 0.0.0.0 lets in whoever reaches this machine
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Keep the database here, and go on from it [default: a temporary one]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Be this version of the platform: `p`, the contract, or `s`, the one before it with its defects
    #[arg(long, default_value = "p", value_name = "PROFILE")]
    profile: Profile,
    /// Answer 429 to an address that sends more requests than this to one server in a minute [default: no limit]
    #[arg(long, value_name = "REQUESTS")]
    rate_limit: Option<NonZeroU32>,
    /// Break the platform in this way; may be repeated
    #[arg(long, value_name = "FAULT", value_parser = embedded::FaultText, hide_possible_values = true)]
    fault: Vec<String>,
    /// Only list every fault there is, with where it bites and what is wrong then
    #[arg(long, conflicts_with_all = ["listen", "data", "profile", "rate_limit", "fault"])]
    list_faults: bool,
}

/// Serves until SIGINT or SIGTERM.
pub(super) fn call(arguments: Arguments) -> Result<ExitCode, StartError> {
    if arguments.list_faults {
        print(&embedded::fault_list());
        return Ok(ExitCode::Success);
    }
    let usage = |error: &dyn std::fmt::Display| StartError::Usage(error.to_string());
    let faults = embedded::faults(&arguments.fault).map_err(|error| usage(&error))?;
    if !arguments.listen.ip().to_canonical().is_loopback() {
        // A closed stream takes the text with it, never the exit code.
        writeln!(std::io::stderr(), "{}", warning(arguments.listen)).ok();
    }
    let options = Options {
        listen: arguments.listen,
        data: arguments.data,
        profile: arguments.profile,
        rate_limit: arguments.rate_limit.map(|limit| RateLimit::per_minute(limit.get())),
        faults,
        ..Options::default()
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| usage(&error))?;
    runtime.block_on(async {
        let (mut interrupt, mut terminate) = (
            signal(SignalKind::interrupt()).map_err(|error| usage(&error))?,
            signal(SignalKind::terminate()).map_err(|error| usage(&error))?,
        );
        let platform = Platform::start(options).await.map_err(|error| usage(&error))?;
        // The lines are ready to be sourced by a shell; the token is this platform's own.
        print(&format!(
            "{CONTROL_PLANE}={}\n{ADMIN_TOKEN}={}\n{TENANT_DOMAIN}={TENANT_HOST}\n",
            platform.url(),
            platform.admin_token()
        ));
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        platform.stop().await;
        Ok(ExitCode::Success)
    })
}

/// What people should know before others do.
fn warning(listen: SocketAddr) -> String {
    let ip = listen.ip();
    let reach = if ip.is_unspecified() {
        "this machine, by any of its addresses,".to_owned()
    } else {
        ip.to_string()
    };
    format!(
        "WARNING: --listen {listen} is open to others: whoever reaches {reach} reaches this platform, over plain HTTP, \
         and whoever hears its admin token owns it\n  for this machine alone: --listen 127.0.0.1:{}",
        listen.port()
    )
}
