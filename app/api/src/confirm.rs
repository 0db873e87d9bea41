//! Dangerous actions ask who it is once more: the call waits for the answer and is made again.

use crate::ApiResult;
use leptos::prelude::*;
use model::Code;
use std::{
    future::poll_fn,
    task::{Poll, Waker},
};

/// The question, and who waits for its answer. Provided at the root of the app; the frame of the desk and the profile draw
/// the dialog.
#[derive(Clone, Copy)]
pub struct Confirming {
    open: RwSignal<bool>,
    /// How many questions have ended, and how the last one did.
    ended: StoredValue<(u32, bool)>,
    waiting: StoredValue<Vec<Waker>>,
}

impl Default for Confirming {
    fn default() -> Self {
        Self { open: RwSignal::new(false), ended: StoredValue::new((0, false)), waiting: StoredValue::new(Vec::new()) }
    }
}

impl Confirming {
    /// Whether the dialog is open.
    pub fn open(self) -> RwSignal<bool> {
        self.open
    }

    /// Makes a call. One that needs a fresh proof waits for the dialog and is made once more; refused by the person, it
    /// stays `confirm_needed`.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn sure<T, F>(self, call: impl Fn() -> F) -> ApiResult<T>
    where
        F: Future<Output = ApiResult<T>>,
    {
        let answer = call().await;
        let asks = answer.as_ref().is_err_and(|error| error.code() == Code::ConfirmNeeded);
        if asks && self.ask().await { call().await } else { answer }
    }

    /// The dialog has its answer. A question that nobody waits for any more has ended before.
    pub fn end(self, proven: bool) {
        let waiting = self.waiting.try_update_value(std::mem::take).unwrap_or_default();
        if waiting.is_empty() {
            return;
        }
        let _ = self.ended.try_update_value(|ended| *ended = (ended.0.wrapping_add(1), proven));
        for waker in waiting {
            waker.wake();
        }
    }

    async fn ask(self) -> bool {
        let Some((before, _)) = self.ended.try_get_value() else { return false };
        let _ = self.open.try_set(true);
        poll_fn(move |context| match self.ended.try_get_value() {
            None => Poll::Ready(false),
            Some((now, proven)) if now != before => Poll::Ready(proven),
            Some(_) => {
                let _ = self.waiting.try_update_value(|waiting| waiting.push(context.waker().clone()));
                Poll::Pending
            }
        })
        .await
    }
}

/// See [`Confirming`].
pub fn use_confirming() -> Confirming {
    expect_context::<Confirming>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{cell::Cell, pin::pin, task::Context};

    fn refused() -> ApiResult<u32> {
        Err(Code::ConfirmNeeded.into())
    }

    /// Polls a call that needs a proof until it waits, ends the question, and polls it to its end.
    fn asked(proven: bool) -> (u32, ApiResult<u32>) {
        let owner = Owner::new();
        owner.set();
        let (asking, made) = (Confirming::default(), Cell::new(0));
        let mut call = pin!(asking.sure(|| async {
            made.set(made.get() + 1);
            if made.get() == 1 { refused() } else { Ok(made.get()) }
        }));
        let mut context = Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
        assert!(asking.open().get_untracked());
        asking.end(proven);
        // As when the dialog closes after its answer.
        asking.end(false);
        let Poll::Ready(answer) = call.as_mut().poll(&mut context) else { panic!("still waits") };
        (made.get(), answer)
    }

    #[test]
    fn a_proof_makes_the_call_once_more_and_a_refusal_does_not() {
        assert_eq!(asked(true), (2, Ok(2)));
        assert_eq!(asked(false), (1, refused()));
    }

    #[test]
    fn what_is_not_dangerous_asks_nothing() {
        let owner = Owner::new();
        owner.set();
        let asking = Confirming::default();
        let mut call = pin!(asking.sure(|| async { Err::<u32, _>(Code::Forbidden.into()) }));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(call.as_mut().poll(&mut context), Poll::Ready(Err(error)) if error.code() == Code::Forbidden));
        assert!(!asking.open().get_untracked());
    }
}
