//! A platform in this process, and our suite against it as against a live staging.

use super::served::suites;
use super::{Ended, Root, shakedown};
use shakedown_platform::{Options, Platform};
use tokio::runtime::Runtime;

/// A platform that a test can look into.
pub(crate) struct Hosted {
    runtime: Runtime,
    pub(crate) platform: Platform,
    pub(crate) root: Root,
}

impl Hosted {
    pub(crate) fn start(options: Options) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let platform = runtime.block_on(Platform::start(options)).expect("it starts");
        Self { runtime, platform, root: suites() }
    }

    /// Runs the staging suite with keys that are none, and with these variables.
    pub(crate) fn run(&self, variables: &[(&str, &str)]) -> Ended {
        let mut run = shakedown();
        run.args(["run", "staging", "--root"]).arg(self.root.path());
        run.env("MOLECULE_CP_URL", self.platform.url()).env("MOLECULE_TENANT_DOMAIN", "127.0.0.1");
        run.env("MOLECULE_ADMIN_TOKEN", self.platform.admin_token());
        for provider in ["OPENAI", "MINIMAX", "GOOGLE", "ANTHROPIC"] {
            run.env(format!("E2E_{provider}_API_KEY"), "not-a-real-key");
        }
        run.envs(variables.iter().copied()).output().expect("it starts").into()
    }

    pub(crate) fn stop(self) {
        self.runtime.block_on(self.platform.stop());
    }
}
