//! A cloud that is played by a program called `aws`: it knows the machines of a platform that we serve.

use super::served::Served;
use super::{Ended, command};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

/// What asks the platform below its control plane, without a tool that a bare system lacks.
const AWS: &str = r#"#!/usr/bin/env bash
[ "$AWS_ACCESS_KEY_ID" = the-key-of-tests ] || { printf 'AuthFailure: not able to validate %s\n' "$AWS_SECRET_ACCESS_KEY" >&2; exit 255; }
printf '%s %s\n' "$AWS_REGION" "$*" >>"$(dirname "$0")/asked"
request() {
  exec 3<>"/dev/tcp/ADDRESS"
  printf '%s %s HTTP/1.0\r\nauthorization: Bearer TOKEN\r\n\r\n' "$1" "$2" >&3
  cat <&3
}
case "$1 $2 $*" in
  "ec2 describe-instances "*)
    all="$*"; name=${all#*Values=\*}; name=${name%%\**}
    ids=$(request GET /__platform/instances | grep -o '"id":"[^"]*","name":"[^"]*' | grep -- "$name" | cut -d'"' -f4)
    case "$*" in
      *"--output json"*) printf '[%s]\n' "$(for id in $ids; do printf '"%s running"\n' "$id"; done | paste -sd, -)" ;;
      *) printf '%s\n' $ids ;;
    esac
    ;;
  "ec2 terminate-instances "*) request DELETE "/__platform/instances/${*: -1}" >/dev/null ;;
  *) exit 252 ;;
esac
"#;

/// The folder of the program.
pub(crate) struct Cloud(TempDir);

impl Cloud {
    /// The cloud of a platform.
    pub(crate) fn of(served: &Served) -> Self {
        let address = served.variable("MOLECULE_CP_URL").trim_start_matches("http://").replace(':', "/");
        let script =
            AWS.replace("ADDRESS", &address).replace("TOKEN", served.variable("MOLECULE_ADMIN_TOKEN"));
        let cloud = Self(TempDir::new().expect("a temporary folder"));
        let program = cloud.0.path().join("aws");
        fs::write(&program, script).expect("a program");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a mode");
        cloud
    }

    /// What leads to it and lets somebody in, and more.
    pub(crate) fn variables<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.0.path().display());
        let own = [
            ("PATH", path),
            ("AWS_ACCESS_KEY_ID", "the-key-of-tests".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "the-secret-of-tests".to_owned()),
            ("E2E_AWS_REGION", "eu-central-9".to_owned()),
        ];
        own.into_iter().chain(more.iter().map(|(name, value)| (*name, (*value).to_owned()))).collect()
    }

    /// Everything that it was asked, a line each, with the region before it.
    pub(crate) fn asked(&self) -> String {
        fs::read_to_string(self.0.path().join("asked")).unwrap_or_default()
    }

    /// Runs our own program with it.
    pub(crate) fn instances(&self, arguments: &[&str]) -> Ended {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/ci/cloud-instances");
        command(program).args(arguments).envs(self.variables(&[])).output().expect("it starts").into()
    }
}
