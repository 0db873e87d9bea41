//! A connection on which nothing moves for too long is over: whoever holds it open costs a descriptor and memory.

use std::{
    io::{Error, ErrorKind, IoSlice, Result},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

/// A stream that fails after a silence: `first` until anything came, `later` from then on. What is taken from us counts as
/// movement, too, or a long download would be cut; whoever takes nothing any more is as silent as who sends nothing.
pub struct Watched<S> {
    stream: S,
    /// Looked at only while a read or a write waits; it is moved on when it fires, not with every byte.
    alarm: Pin<Box<Sleep>>,
    moved: Instant,
    limit: Duration,
    later: Duration,
}

impl<S> Watched<S> {
    pub fn new(stream: S, first: Duration, later: Duration) -> Self {
        Self { stream, alarm: Box::pin(sleep(first)), moved: Instant::now(), limit: first, later }
    }

    fn is_silent(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.alarm.as_mut().poll(cx));
            let end = self.moved + self.limit;
            if end <= Instant::now() {
                return Poll::Ready(());
            }
            self.alarm.as_mut().reset(end);
        }
    }

    /// What became of a write.
    fn written(&mut self, cx: &mut Context<'_>, write: Poll<Result<usize>>) -> Poll<Result<usize>> {
        if write.is_pending() {
            ready!(self.is_silent(cx));
            return Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "nothing was taken for too long")));
        }
        self.moved = Instant::now();
        write
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = buf.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, buf) {
            if buf.filled().len() > before {
                (self.moved, self.limit) = (Instant::now(), self.later);
            }
            return Poll::Ready(read);
        }
        ready!(self.is_silent(cx));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "nothing was sent for too long")))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let write = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(cx, write)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let write = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.written(cx, write)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    /// Longer than the test.
    const LONG: Duration = Duration::from_secs(600);

    #[tokio::test]
    async fn whoever_says_nothing_is_hung_up_on() {
        let (_client, ours) = duplex(64);
        let mut stream = Watched::new(ours, Duration::ZERO, LONG);
        assert_eq!(stream.read_u8().await.unwrap_err().kind(), ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_later_silence_has_a_limit_of_its_own() {
        let (mut client, ours) = duplex(64);
        let mut stream = Watched::new(ours, LONG, Duration::ZERO);
        assert!(stream.read_u8().now_or_never().is_none(), "the first one is not over");
        client.write_u8(1).await.unwrap();
        assert_eq!(stream.read_u8().await.unwrap(), 1);
        assert_eq!(stream.limit, Duration::ZERO);
    }

    #[tokio::test]
    async fn what_we_send_breaks_the_silence() {
        let (_client, ours) = duplex(64);
        let mut stream = Watched::new(ours, LONG, LONG);
        let before = stream.moved;
        stream.write_u8(2).await.unwrap();
        assert!(stream.moved > before);
        assert!(stream.read_u8().now_or_never().is_none());
    }
    #[tokio::test]
    async fn whoever_takes_nothing_is_hung_up_on() {
        let (mut client, ours) = duplex(64);
        let mut stream = Watched::new(ours, Duration::ZERO, Duration::ZERO);
        client.write_u8(1).await.unwrap();
        assert_eq!(stream.read_u8().await.unwrap(), 1);
        assert_eq!(stream.write_all(&[0; 65]).await.unwrap_err().kind(), ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_slow_taker_is_waited_for() {
        let (mut client, ours) = duplex(64);
        let mut stream = Watched::new(ours, LONG, LONG);
        assert!(stream.write_all(&[0; 65]).now_or_never().is_none());
        client.read_exact(&mut [0; 64]).await.unwrap();
        stream.write_all(&[0; 64]).await.unwrap();
    }
}
