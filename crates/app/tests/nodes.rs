//! `daybook serve` under `kill -9`, for real: one process on `SQLite`; two on one `PostgreSQL`, with
//! the embedded engine and with Restate. In each round another book is connected, so that there is
//! work, and after a moment something dies: a node, `PostgreSQL`, or Restate, now and then with its
//! data. The books end as if nothing had happened. `DAYBOOK_KILLS` says how often each of them dies.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "nodes/agree.rs"]
mod agree;
#[path = "support/cluster.rs"]
mod cluster;
#[cfg(test)]
#[path = "../../store/tests/support/programs.rs"]
mod programs;
#[path = "support/served.rs"]
mod served;

use std::net::SocketAddr;
use std::time::Duration;

use cluster::{Balancer, Node, Postgres, Restate, free_port, wait_for};
use sandbox::random::Random;
use served::{Served, present};

/// What was on the wire of a node that was killed is looked up after a minute and a half, and the
/// calls of that minute count as made.
const PATIENCE: Duration = Duration::from_mins(8);
/// For each book that is worked off side by side.
const PATIENCE_A_BOOK: Duration = Duration::from_secs(4);
const ORDERS: usize = 80;
const KILLS: usize = 2;

fn kills() -> usize {
    std::env::var("DAYBOOK_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// Each of those who may die as often as it is asked for, in an order of chance.
fn order_of_death<T: Copy>(random: &mut Random, victims: &[T]) -> Vec<T> {
    let mut left: Vec<T> = (0..kills()).flat_map(|_| victims.to_vec()).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let next = usize::try_from(random.below(left.len() as u64)).unwrap();
        order.push(left.swap_remove(next));
    }
    order
}

/// Books that trade, more and more of them.
struct Trade {
    seed: u64,
    worlds: Vec<Served>,
    random: Random,
}

impl Trade {
    fn new(seed: u64) -> Trade {
        Trade { seed, worlds: Vec::new(), random: Random::stream(seed, "kills") }
    }

    /// Another book, and a moment in which work on it may begin.
    fn grow(&mut self, node: &Node) {
        let seed = self.seed * 1_000 + self.worlds.len() as u64;
        let one = Served::start(present(seed, ORDERS));
        node.connect(&one.url);
        self.worlds.push(one);
        self.pause(200, 3_500);
    }

    fn pause(&mut self, least_ms: u64, most_ms: u64) {
        let wait_ms = least_ms + self.random.below(most_ms - least_ms);
        std::thread::sleep(Duration::from_millis(wait_ms));
    }

    /// Waits until all is done, and holds it against what the vendors know.
    fn ends_well(&self, nodes: &mut [Node]) {
        let patience = PATIENCE + PATIENCE_A_BOOK * u32::try_from(self.worlds.len()).unwrap();
        wait_for("everything is posted", patience, || self.worlds.iter().all(is_done));
        let node = &nodes[0];
        let is_quiet = || node.status().books.iter().all(cluster::BookStatus::is_quiet);
        wait_for("nothing is on its way", PATIENCE, is_quiet);
        self.worlds.iter().for_each(check);
        let books = node.status().books;
        assert_eq!(books.len(), self.worlds.len());
        for book in &books {
            assert!(book.dead.is_empty() && book.alarms.is_empty(), "{book:?}");
            node.agrees(book);
        }
        for node in nodes {
            assert!(node.is_running(), "a node ended by itself");
        }
    }
}

fn is_done(served: &Served) -> bool {
    let truth = served.world.truth();
    truth.posted == truth.should_post
        && truth.lost_ids.is_empty()
        && truth.payments_wrong.is_empty()
        && truth.amazon_total == truth.xero_total
}

#[track_caller]
fn check(served: &Served) {
    let truth = served.world.truth();
    assert_eq!(truth.duplicates_ids, Vec::<String>::new());
    assert_eq!(truth.lost_ids, Vec::<String>::new());
    assert_eq!(truth.totals_wrong, vec![]);
    assert_eq!(truth.payments_wrong, vec![]);
    assert_eq!(truth.unexpected, vec![]);
    assert_eq!(truth.doubles, vec![]);
    assert_eq!(truth.posted, truth.should_post);
    assert_eq!(truth.amazon_total, truth.xero_total);
}

#[test]
fn one_process_on_sqlite_may_be_killed_at_any_moment() {
    let mut trade = Trade::new(41);
    let mut nodes = [Node::new("sqlite:daybook.db", "", &[])];
    nodes[0].serve();
    for _ in 0..kills() {
        trade.grow(&nodes[0]);
        nodes[0].kill();
        trade.pause(0, 500);
        nodes[0].serve();
    }
    trade.ends_well(&mut nodes);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OfPair {
    Leader,
    Standby,
    Postgres,
}

/// Which of the two gives turns.
fn leader(nodes: &[Node]) -> Option<usize> {
    let status = nodes[0].status();
    let leads = |node: &Node| {
        status.nodes.iter().any(|one| one.leads && one.is_alive && one.name == node.name())
    };
    nodes.iter().position(leads)
}

#[test]
fn a_standby_takes_over_within_seconds_and_nothing_is_doubled() {
    let Some(postgres) = Postgres::start() else { return };
    let mut trade = Trade::new(42);
    let mut nodes: Vec<Node> = (0..2).map(|_| Node::new(&postgres.url(), "", &[])).collect();
    nodes.iter_mut().for_each(Node::serve);
    let all = [OfPair::Leader, OfPair::Standby, OfPair::Postgres];
    let victims = order_of_death(&mut trade.random, &all);
    for (round, victim) in victims.into_iter().enumerate() {
        wait_for("someone leads", PATIENCE, || leader(&nodes).is_some());
        let leading = leader(&nodes).unwrap_or(0);
        trade.grow(&nodes[0]);
        let hit = if victim == OfPair::Leader { leading } else { 1 - leading };
        if victim == OfPair::Postgres {
            postgres.kill_and_restart();
            continue;
        }
        nodes[hit].kill();
        if victim == OfPair::Leader && round % 2 == 0 {
            let other = || leader(&nodes) == Some(1 - leading);
            let took = wait_for("the other one leads", Duration::from_secs(30), other);
            println!("the standby took over after {took:?}");
        }
        trade.pause(0, 2_000);
        nodes[hit].serve();
    }
    trade.ends_well(&mut nodes);
}

#[derive(Debug, Clone, Copy)]
enum OfMany {
    Node(usize),
    /// Until Restate has given up the calls that it was making.
    BothNodes,
    Postgres,
    Restate,
    RestateAndItsData,
}

#[test]
fn a_node_or_a_restate_that_is_killed_is_not_missed_by_two_nodes_that_share_work() {
    let (Some(postgres), Some(mut restate)) = (Postgres::start(), Restate::start()) else { return };
    let mut trade = Trade::new(43);
    let doors: Vec<SocketAddr> =
        (0..2).map(|_| SocketAddr::from(([127, 0, 0, 1], free_port()))).collect();
    let balancer = Balancer::start(doors.clone());
    let mut nodes: Vec<Node> = doors
        .iter()
        .map(|door| {
            let config = restate.config(*door, balancer.address);
            Node::new(&postgres.url(), &config, &["--engine", "restate"])
        })
        .collect();
    nodes.iter_mut().for_each(Node::serve);
    let all = [
        OfMany::Node(0),
        OfMany::Node(1),
        OfMany::BothNodes,
        OfMany::Postgres,
        OfMany::Restate,
        OfMany::RestateAndItsData,
    ];
    for victim in order_of_death(&mut trade.random, &all) {
        trade.grow(&nodes[0]);
        match victim {
            OfMany::Node(hit) => {
                nodes[hit].kill();
                trade.pause(0, 3_000);
                nodes[hit].serve();
            }
            OfMany::BothNodes => {
                nodes.iter_mut().for_each(Node::kill);
                trade.pause(0, 9_000);
                nodes.iter_mut().for_each(Node::serve);
            }
            OfMany::Postgres => postgres.kill_and_restart(),
            OfMany::Restate => restate.kill_and_restart(),
            OfMany::RestateAndItsData => restate.kill_and_forget(),
        }
    }
    trade.ends_well(&mut nodes);
    let taken = balancer.taken.lock().unwrap().clone();
    println!("connections of Restate: {taken:?}");
    // Each is dead now and then; no connection stays with the one that was there first.
    let shares: Vec<u64> = doors.iter().filter_map(|door| taken.get(door).copied()).collect();
    let (least, most) = (shares.iter().min().unwrap(), shares.iter().max().unwrap());
    assert!(shares.len() == doors.len() && least * 5 >= *most, "not shared: {taken:?}");
}
