//! What the whole house must do, tested from outside: through its binaries, through cargo, and on its own sources.

#[cfg(test)]
mod alert;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod aside;
#[cfg(test)]
mod attempts;
#[cfg(all(test, feature = "platform"))]
mod audit;
#[cfg(test)]
mod capabilities;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod deadlines;
#[cfg(test)]
mod demands;
#[cfg(test)]
mod detect;
#[cfg(test)]
mod dispatch;
#[cfg(test)]
mod doctor;
#[cfg(all(test, feature = "platform"))]
mod drift;
#[cfg(test)]
mod elsewhere;
#[cfg(test)]
mod false_greens;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod handed_over;
#[cfg(test)]
mod history;
#[cfg(test)]
mod interruption;
#[cfg(test)]
mod keep;
#[cfg(test)]
mod known_failures;
#[cfg(test)]
mod labels;
#[cfg(test)]
mod lanes;
#[cfg(test)]
mod leaks;
#[cfg(all(test, feature = "platform"))]
mod lies;
#[cfg(test)]
mod people;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod programs;
#[cfg(test)]
mod prove;
#[cfg(test)]
mod rate;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod repeat;
#[cfg(test)]
mod report;
#[cfg(test)]
mod rerun;
#[cfg(all(test, feature = "platform"))]
mod sanity;
#[cfg(test)]
mod schedule;
#[cfg(test)]
mod self_hosted;
#[cfg(test)]
mod shards;
#[cfg(test)]
mod sinks;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod support;
#[cfg(test)]
mod sweep;
#[cfg(test)]
mod terminal;
#[cfg(all(test, feature = "platform"))]
mod through;
#[cfg(test)]
mod truth;
#[cfg(test)]
mod variables;
#[cfg(test)]
mod wake;
#[cfg(test)]
mod workflow_scripts;
#[cfg(test)]
mod workflows;
