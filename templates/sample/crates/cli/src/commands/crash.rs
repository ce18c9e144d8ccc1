use std::process::ExitCode;
use std::time::Duration;

use tokio::time;
use tracing::error;

use crate::args::CrashArgs;

pub(crate) async fn run(args: &CrashArgs) -> ExitCode {
    time::sleep(Duration::from_secs(args.after)).await;
    error!(code = args.code, "crashing as asked");
    ExitCode::from(args.code)
}
