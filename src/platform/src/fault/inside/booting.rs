//! Boots, agents that come and go, and what happens by itself with the time.
//!
//! Does not: act, like every list of faults.

macro_rules! booting {
    ([$next:ident $($later:ident)*] $($before:tt)*) => {
        $next! { [$($later)*] $($before)*
            "booting" {
                /// A workspace comes online with no url in its row.
                OnlineWithoutUrl => "online-without-url" at "the end of a boot",
                /// A boot never ends.
                StuckProvisioning => "stuck-provisioning" at "a boot",
                /// A boot ends in `failed`.
                BootFails => "boot-fails" at "a boot",
                /// An organisation never leaves `provisioning`.
                OrgNeverRuns => "org-never-runs" at "the boot of an organisation",
                /// `POST /registry/register` answers 200; the status stays.
                RegisterIgnored => "register-ignored" at "POST /registry/register",
                /// A late heartbeat brings a removed workspace back online.
                RemovedRevives => "removed-revives" at "POST /registry/heartbeat",
                /// `POST /__platform/orgs/:slug/clock` answers 200; no time passes.
                AdvanceDoesNothing => "advance-does-nothing" at "POST /__platform/orgs/:slug/clock",
                /// An external agent that falls silent stays online.
                StaleNeverNoticed => "stale-never-noticed" at "the monitor of external agents",
                /// A heartbeat answers 200; the row stays as it is.
                HeartbeatsIgnored => "heartbeats-ignored" at "POST /registry/heartbeat",
                /// A degraded workspace recovers at any error rate below one half.
                RecoversTooEarly => "recovers-too-early" at "POST /registry/heartbeat",
                /// The liveness sweep takes a paused workspace for a dead one, and marks it offline.
                PausedSweptOffline => "paused-swept-offline" at "the sweep for dead agents",
                /// An external agent that falls silent is marked offline, and not awaited.
                StaleGoesOffline => "stale-goes-offline" at "the monitor of external agents",
                /// A boot that never ends is never given up.
                BootsNeverGivenUp => "boots-never-given-up" at "the monitor of boots",
                /// A workspace that comes online falls offline at once, and comes online again.
                FlappingBoot => "flapping-boot" at "the end of a boot",
                /// A boot ends in `failed`, and comes online all the same a moment later.
                BootFailsFirst => "boot-fails-first" at "a boot",
                /// The sweep for orphans takes a workspace that boots for one, and removes it.
                BootSwept => "boot-swept" at "a boot",
                /// A boot takes ten times as long.
                BootsTenTimesSlower => "boots-ten-times-slower" at "a boot",
                /// An organisation ends in `failed`.
                OrgFails => "org-fails" at "the boot of an organisation",
                /// Whoever knows the id of a workspace may speak for it.
                RegistryOpen => "registry-open" at "POST /registry/register, heartbeat and update-card",
                /// `POST /registry/update-card` answers 200; the card stays.
                CardLost => "card-lost" at "POST /registry/update-card",
            }
        }
    };
}

pub(super) use booting;
