//! Simulated vendors that are served from a thread of their own, for processes to call. They keep
//! the machine's time and are never killed: vendors do not die with us.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::net::TcpListener;

use base::{Clock as _, Timestamp};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};

pub(crate) struct Served {
    pub(crate) world: Sandbox,
    pub(crate) url: String,
}

/// A world of now, without rate limits.
pub(crate) fn present(seed: u64, orders: usize) -> SandboxOptions {
    let clock = WorldClock::real(0);
    let start = Timestamp(clock.now().0 / 1000 * 1000);
    SandboxOptions { limits: false, clock, ..SandboxOptions::new(seed, orders, start) }
}

impl Served {
    pub(crate) fn start(options: SandboxOptions) -> Served {
        let world = Sandbox::new(options);
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = world.clone();
        on_a_thread(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            served.serve(listener).await.unwrap();
        });
        Served { world, url }
    }
}

pub(crate) fn on_a_thread(work: impl Future<Output = ()> + Send + 'static) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(work);
    });
}
