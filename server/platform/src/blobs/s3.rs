//! Files in an S3-compatible store, path style.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::head_bucket::HeadBucketError;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use bytes::Bytes;
use chrono::DateTime;
use secrecy::ExposeSecret;

use super::{Blob, BlobError, Listed, SignedPut};
use crate::config::S3Config;

const CONNECT: Duration = Duration::from_secs(3);
const ATTEMPT: Duration = Duration::from_secs(20);
const WHOLE: Duration = Duration::from_secs(45);
/// Where buckets are made when nothing else is said; saying it is an error.
const HOME_REGION: &str = "us-east-1";

#[derive(Clone, Debug)]
pub(super) struct S3 {
    client: Client,
    /// Signs for the address that browsers use.
    public: Client,
    bucket: String,
    region: String,
}

impl S3 {
    /// None when not configured; a partial configuration has been refused before.
    pub(super) fn from_config(config: &S3Config) -> Option<Self> {
        let endpoint = config.endpoint.as_deref()?;
        let (access, secret) = (config.access_key.as_ref()?, config.secret_key.as_ref()?);
        let client = |endpoint: &str| {
            let credentials =
                Credentials::new(access.expose_secret(), secret.expose_secret(), None, None, "uk-crm.toml");
            let timeouts = TimeoutConfig::builder()
                .connect_timeout(CONNECT)
                .operation_attempt_timeout(ATTEMPT)
                .operation_timeout(WHOLE)
                .build();
            let conf = aws_sdk_s3::Config::builder()
                .behavior_version(BehaviorVersion::v2026_01_12())
                .region(Region::new(config.region.clone()))
                .endpoint_url(endpoint)
                .credentials_provider(credentials)
                .force_path_style(true)
                .timeout_config(timeouts)
                // Many compatible stores refuse the newer checksum headers.
                .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
                .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
                .build();
            Client::from_conf(conf)
        };
        Some(Self {
            client: client(endpoint),
            public: client(config.public_endpoint.as_deref().unwrap_or(endpoint)),
            bucket: config.bucket.clone()?,
            region: config.region.clone(),
        })
    }

    /// The first file of a new store makes its bucket.
    pub(super) async fn put(&self, key: &str, bytes: Bytes, content_type: &str) -> Result<(), BlobError> {
        let put = async || {
            let call = self.client.put_object().bucket(&self.bucket).key(key);
            call.content_type(content_type).body(ByteStream::from(bytes.clone())).send().await
        };
        match put().await {
            Err(error) if error.code() == Some("NoSuchBucket") => {
                self.ensure_bucket().await?;
                put().await
            }
            answer => answer,
        }
        .map_err(|error| self.failed(error))?;
        Ok(())
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Blob>, BlobError> {
        let object = match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(object) => object,
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => return Ok(None),
            Err(error) => return Err(self.failed(error)),
        };
        let content_type = object.content_type().unwrap_or("application/octet-stream").to_owned();
        let body = object.body.collect().await.map_err(|error| BlobError::Away(error.to_string()))?;
        Ok(Some(Blob { bytes: body.into_bytes(), content_type }))
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), BlobError> {
        let call = self.client.delete_object().bucket(&self.bucket).key(key);
        call.send().await.map_err(|error| self.failed(error))?;
        Ok(())
    }

    pub(super) async fn presigned_get(&self, key: &str, ttl: Duration) -> Result<String, BlobError> {
        let terms = PresigningConfig::expires_in(ttl).map_err(|error| BlobError::Refused(error.to_string()))?;
        let call = self.public.get_object().bucket(&self.bucket).key(key);
        let signed = call.presigned(terms).await.map_err(|error| self.failed(error))?;
        Ok(signed.uri().to_owned())
    }

    /// Length and type are signed: the store takes nothing else under this address.
    pub(super) async fn presigned_put(
        &self,
        key: &str,
        size: u64,
        content_type: &str,
        ttl: Duration,
    ) -> Result<SignedPut, BlobError> {
        let terms = PresigningConfig::expires_in(ttl).map_err(|error| BlobError::Refused(error.to_string()))?;
        let size = i64::try_from(size).map_err(|error| BlobError::Refused(error.to_string()))?;
        let call = self.public.put_object().bucket(&self.bucket).key(key);
        let call = call.content_length(size).content_type(content_type);
        let signed = call.presigned(terms).await.map_err(|error| self.failed(error))?;
        let headers = signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(SignedPut { url: signed.uri().to_owned(), headers })
    }

    pub(super) async fn size(&self, key: &str) -> Result<Option<u64>, BlobError> {
        let object = match self.client.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(object) => object,
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => return Ok(None),
            Err(error) => return Err(self.failed(error)),
        };
        let size = object.content_length().and_then(|size| u64::try_from(size).ok());
        size.map(Some).ok_or_else(|| BlobError::Refused(format!("the store does not say how long `{key}` is")))
    }

    pub(super) async fn list(&self, prefix: &str, after: &str) -> Result<Vec<Listed>, BlobError> {
        let call = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix);
        let after = (!after.is_empty()).then(|| after.to_owned());
        let page = match call.set_start_after(after).send().await {
            Ok(page) => page,
            // Nobody has stored anything yet.
            Err(error) if error.code() == Some("NoSuchBucket") => return Ok(Vec::new()),
            Err(error) => return Err(self.failed(error)),
        };
        let listed = page.contents().iter().map(|object| {
            let modified = object.last_modified().and_then(|at| DateTime::from_timestamp(at.secs(), 0))?;
            let size = u64::try_from(object.size()?).ok()?;
            Some(Listed { key: object.key()?.to_owned(), size, modified })
        });
        let whole: Option<Vec<Listed>> = listed.collect();
        whole.ok_or_else(|| BlobError::Refused("the store lists files without key, length or time".to_owned()))
    }

    pub(super) async fn ensure_bucket(&self) -> Result<(), BlobError> {
        match self.client.head_bucket().bucket(&self.bucket).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(HeadBucketError::is_not_found) => {
                let call = self.client.create_bucket().bucket(&self.bucket);
                match call.set_create_bucket_configuration(location(&self.region)).send().await {
                    Ok(_) => tracing::info!(bucket = self.bucket, "bucket created"),
                    // Another first file was quicker.
                    Err(error) if error.code() == Some("BucketAlreadyOwnedByYou") => {}
                    Err(error) => return Err(self.failed(error)),
                }
                Ok(())
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Tells a store that is away from one that refuses: who waits for the second waits for ever.
    fn failed<E>(&self, error: SdkError<E>) -> BlobError
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let status = match &error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => None,
            SdkError::ServiceError(answer) => Some(answer.raw().status().as_u16()),
            // It was never sent: something in the settings cannot be.
            _ => Some(400),
        };
        let code = error.code().map(str::to_owned);
        let words = DisplayErrorContext(error).to_string();
        match status {
            Some(status) if !passes(status, code.as_deref()) => {
                let hint = hint(status, code.as_deref());
                BlobError::Refused(format!("{hint} (bucket {}, region {}): {words}", self.bucket, self.region))
            }
            _ => BlobError::Away(words),
        }
    }
}

/// Whether the same call may work in a moment.
fn passes(status: u16, code: Option<&str>) -> bool {
    status >= 500 || matches!(status, 408 | 429) || matches!(code, Some("RequestTimeout" | "OperationAborted"))
}

/// What to look at when the store refuses.
fn hint(status: u16, code: Option<&str>) -> &'static str {
    match code {
        Some("RequestTimeTooSkewed" | "RequestExpired") => "the clock of this machine is wrong",
        Some("NoSuchBucket") => "there is no such bucket: make it, or check s3.bucket",
        Some("BucketAlreadyExists") => "the bucket belongs to somebody else: choose another s3.bucket",
        Some(
            "AuthorizationHeaderMalformed"
            | "PermanentRedirect"
            | "IllegalLocationConstraintException"
            | "InvalidLocationConstraint",
        ) => "check s3.region",
        Some("InvalidBucketName") => "s3.bucket cannot be the name of a bucket",
        _ if matches!(status, 401 | 403) => {
            "check s3.access_key, s3.secret_key and what they may do with the bucket (read, write, delete, make it)"
        }
        _ => "check the settings of s3",
    }
}

/// Outside its home region S3 makes a bucket only where it is told to.
fn location(region: &str) -> Option<CreateBucketConfiguration> {
    let there =
        || CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(region)).build();
    (region != HOME_REGION).then(there)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_made_in_its_region() {
        assert_eq!(location("us-east-1"), None);
        let made = location("eu-central-1").unwrap();
        assert_eq!(made.location_constraint().map(BucketLocationConstraint::as_str), Some("eu-central-1"));
        let own = location("tas-1").unwrap();
        assert_eq!(own.location_constraint().map(BucketLocationConstraint::as_str), Some("tas-1"));
    }

    #[test]
    fn what_passes_by_itself_is_no_refusal() {
        for (status, code) in [(500, None), (503, Some("SlowDown")), (429, None), (400, Some("RequestTimeout"))] {
            assert!(passes(status, code), "{status} {code:?}");
        }
        for (status, code) in [(403, Some("SignatureDoesNotMatch")), (404, Some("NoSuchBucket")), (301, None)] {
            assert!(!passes(status, code), "{status} {code:?}");
        }
        assert!(hint(403, Some("InvalidAccessKeyId")).contains("s3.secret_key"));
        assert!(hint(403, Some("RequestTimeTooSkewed")).contains("clock"));
        assert!(hint(404, Some("NoSuchBucket")).contains("s3.bucket"));
        assert!(hint(301, Some("PermanentRedirect")).contains("s3.region"));
    }
}
