//! The log that a person asks for with `GIT_ORCHESTRATE_LOG`, on standard error.
//!
//! Without the variable nothing is set up and every log line costs one check of a flag.

use tracing_subscriber::EnvFilter;

/// Starts logging if `GIT_ORCHESTRATE_LOG` names what to log, such as `debug`.
pub fn start() {
    let Some(wanted) = std::env::var("GIT_ORCHESTRATE_LOG").ok().filter(|wanted| !wanted.is_empty()) else {
        return;
    };
    let filter = EnvFilter::new(wanted);
    // A second call in one process keeps the first log.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .try_init();
}
