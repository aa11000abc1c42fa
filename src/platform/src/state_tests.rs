//! The transition table, cell by cell.

use super::{Health, Refusal, Status, Trigger, transition};

/// One row per trigger; one column per status in the order of `Status::ALL`. A word is the status reached, `=` is
/// heard without effect, `x` wrong status, `p` paused already, `r` removed.
const TABLE: [(Trigger, [&str; 10]); 20] = [
    // provisioning, awaiting, online, degraded, offline, failed, paused, hibernating, hibernated, removed
    (Trigger::Booted, ["online", "x", "x", "x", "x", "online", "x", "x", "x", "r"]),
    (Trigger::BootFailed, ["failed", "x", "x", "x", "x", "x", "x", "x", "x", "r"]),
    (Trigger::BootGivenUp, ["failed", "x", "x", "x", "x", "x", "x", "x", "x", "r"]),
    (Trigger::ProvisionTimeout, ["failed", "x", "x", "x", "x", "x", "x", "x", "x", "r"]),
    (Trigger::Stale, ["x", "x", "awaiting_agent", "x", "x", "x", "x", "x", "x", "r"]),
    (
        Trigger::KeyExpired,
        ["offline", "offline", "offline", "offline", "=", "offline", "x", "offline", "x", "r"],
    ),
    (
        Trigger::Register,
        ["online", "online", "=", "online", "online", "online", "online", "online", "online", "r"],
    ),
    (
        Trigger::Heartbeat(Health::Good),
        ["online", "online", "=", "online", "online", "online", "=", "=", "=", "r"],
    ),
    (
        Trigger::Heartbeat(Health::Fair),
        ["online", "online", "=", "=", "online", "online", "=", "=", "=", "r"],
    ),
    (
        Trigger::Heartbeat(Health::Poor),
        ["online", "online", "degraded", "=", "online", "online", "=", "=", "=", "r"],
    ),
    (Trigger::AgentGone, ["x", "x", "offline", "offline", "x", "x", "x", "x", "x", "r"]),
    (Trigger::Idle, ["x", "x", "hibernating", "hibernating", "x", "x", "x", "x", "x", "r"]),
    (Trigger::Unreachable, ["x", "x", "offline", "offline", "x", "x", "x", "x", "x", "r"]),
    (
        Trigger::Pause,
        ["paused", "paused", "paused", "paused", "paused", "paused", "p", "paused", "paused", "r"],
    ),
    (Trigger::Resume, ["x", "x", "x", "x", "x", "x", "provisioning", "x", "x", "r"]),
    (Trigger::Hibernate, ["x", "x", "hibernating", "hibernating", "x", "x", "x", "x", "x", "r"]),
    (Trigger::FallAsleep, ["x", "x", "x", "x", "x", "x", "x", "hibernated", "x", "r"]),
    (Trigger::Wake, ["x", "x", "x", "x", "x", "x", "x", "x", "provisioning", "r"]),
    (
        Trigger::Restart,
        [
            "=",
            "provisioning",
            "provisioning",
            "provisioning",
            "provisioning",
            "provisioning",
            "provisioning",
            "provisioning",
            "provisioning",
            "r",
        ],
    ),
    (
        Trigger::Remove,
        [
            "removed", "removed", "removed", "removed", "removed", "removed", "removed", "removed",
            "removed", "=",
        ],
    ),
];

#[test]
fn every_cell_of_the_table_holds() {
    for (trigger, row) in TABLE {
        for (from, cell) in Status::ALL.into_iter().zip(row) {
            let expected = match cell {
                "=" => Ok(from),
                "x" => Err(Refusal::WrongStatus),
                "p" => Err(Refusal::Paused),
                "r" => Err(Refusal::Removed),
                word => Ok(word.parse().unwrap()),
            };
            assert_eq!(transition(from, trigger), expected, "{from} on {trigger:?}");
        }
    }
}

#[test]
fn every_status_is_written_as_a_word_that_reads_back() {
    for status in Status::ALL {
        assert_eq!(status.word().parse::<Status>().unwrap(), status);
    }
    assert_eq!("asleep".parse::<Status>().unwrap_err().to_string(), "unknown workspace status `asleep`");
}

#[test]
fn health_has_a_gap_between_degrading_and_recovering() {
    assert_eq!(Health::of(0.5, false), Health::Poor);
    assert_eq!(Health::of(0.49, false), Health::Fair);
    assert_eq!(Health::of(0.1, false), Health::Fair);
    assert_eq!(Health::of(0.09, false), Health::Good);
    assert_eq!(Health::of(0.0, true), Health::Poor);
}
