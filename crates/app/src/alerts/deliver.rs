//! Gets notices to channels. A delivery is a row until it was taken: a restart loses none, a channel
//! that is down is tried again and again, and keeps no other waiting.

use std::collections::BTreeMap;

use base::Timestamp;
use futures::future::join_all;
use store::{Delivery, DeliveryState, StoreError};

use super::channels::ChannelError;
use super::notice::Notice;
use crate::metrics;
use crate::watch::Watch;

/// Longer than a channel takes to answer or to be given up, for all that are claimed at once.
const LEASE_MS: i64 = 10 * Timestamp::MINUTE;
/// Claimed at once, over all channels.
const DELIVERIES_MAX: u32 = 100;
const BACKOFF_FIRST_MS: i64 = 30 * Timestamp::SECOND;
const BACKOFF_MAX_MS: i64 = Timestamp::HOUR;
/// What nobody took for so long is given up; the alert itself goes on.
const GIVEN_UP_MS: i64 = 3 * Timestamp::DAY;

/// Delivers what is due; how many were taken, and how many have to wait.
pub async fn due(watch: &Watch) -> Result<(u64, u64), StoreError> {
    let now = watch.clock.now();
    let claimed = watch.store.claim_deliveries(now, LEASE_MS, DELIVERIES_MAX).await?;
    let mut channels: BTreeMap<String, Vec<Delivery>> = BTreeMap::new();
    for delivery in claimed {
        channels.entry(delivery.channel.clone()).or_default().push(delivery);
    }
    let ended = join_all(channels.into_values().map(|some| to_channel(watch, some))).await;
    let mut sum = (0, 0);
    for one in ended {
        let (delivered, failed) = one?;
        sum = (sum.0 + delivered, sum.1 + failed);
    }
    Ok(sum)
}

/// In the order in which they were written. After the first that is not taken the others wait with
/// it: the channel is down.
async fn to_channel(watch: &Watch, deliveries: Vec<Delivery>) -> Result<(u64, u64), StoreError> {
    let mut sum = (0, 0);
    let mut down_until: Option<Timestamp> = None;
    for delivery in deliveries {
        if let Some(until) = down_until {
            watch.store.settle_delivery(&Delivery { due: Some(until), ..delivery }).await?;
            sum.1 += 1;
            continue;
        }
        let tried = send(watch, &delivery).await;
        let settled = settled(&delivery, tried, watch.clock.now());
        let result = match settled.state {
            DeliveryState::Delivered => "delivered",
            DeliveryState::Waiting => "failed",
            DeliveryState::GivenUp => "given_up",
        };
        metrics::delivery(&settled.channel, result);
        if settled.state != DeliveryState::Delivered {
            let Delivery { channel, detail, attempts, .. } = &settled;
            tracing::warn!(
                code = "alert_not_delivered",
                channel,
                attempts,
                "An alert waits: {detail}"
            );
        }
        watch.store.settle_delivery(&settled).await?;
        down_until = settled.due;
        let is_taken = settled.state == DeliveryState::Delivered;
        if is_taken {
            // What waited because the channel was down need not wait any longer.
            watch.store.wake_deliveries(&settled.channel, watch.clock.now()).await?;
        }
        sum = (sum.0 + u64::from(is_taken), sum.1 + u64::from(!is_taken));
    }
    Ok(sum)
}

async fn send(watch: &Watch, delivery: &Delivery) -> Result<(), ChannelError> {
    let notice: Notice = serde_json::from_str(&delivery.body)
        .map_err(|error| ChannelError::Unreadable(error.to_string()))?;
    watch.config.channels().send(&delivery.channel, &notice, watch).await
}

/// What becomes of a delivery after a try.
fn settled(delivery: &Delivery, tried: Result<(), ChannelError>, now: Timestamp) -> Delivery {
    let attempts = delivery.attempts.saturating_add(1);
    let end = |state, detail| Delivery { due: None, attempts, state, detail, ..delivery.clone() };
    let Err(error) = tried else { return end(DeliveryState::Delivered, String::new()) };
    let detail = crate::say(&error);
    if error.is_final() || now.since(delivery.created) >= GIVEN_UP_MS {
        return end(DeliveryState::GivenUp, detail);
    }
    let doubled = 2_i64.saturating_pow(delivery.attempts.min(20));
    let wait_ms = BACKOFF_FIRST_MS.saturating_mul(doubled).min(BACKOFF_MAX_MS);
    Delivery { due: Some(now.after_ms(wait_ms)), attempts, detail, ..delivery.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(attempts: u32) -> Delivery {
        Delivery {
            id: "n".to_owned(),
            channel: "mail".to_owned(),
            created: Timestamp(0),
            due: Some(Timestamp(0)),
            attempts,
            state: DeliveryState::Waiting,
            detail: String::new(),
            body: String::new(),
        }
    }

    #[test]
    fn a_channel_that_is_down_is_tried_ever_less_often_and_given_up_in_the_end() {
        let down = || Err(ChannelError::Status(503));
        let first = settled(&waiting(0), down(), Timestamp(5));
        assert_eq!((first.due, first.attempts), (Some(Timestamp(30_005)), 1));
        let late = settled(&waiting(9), down(), Timestamp(5));
        assert_eq!(late.due, Some(Timestamp(5 + BACKOFF_MAX_MS)));
        let last = settled(&waiting(9), down(), Timestamp(GIVEN_UP_MS));
        assert_eq!((last.due, last.state), (None, DeliveryState::GivenUp));
        let gone = settled(&waiting(0), Err(ChannelError::Gone("mail".to_owned())), Timestamp(5));
        assert_eq!(gone.state, DeliveryState::GivenUp);
        let taken = settled(&waiting(3), Ok(()), Timestamp(5));
        assert_eq!((taken.due, taken.state), (None, DeliveryState::Delivered));
    }
}
