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
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use secrecy::ExposeSecret;

use super::{Blob, BlobError};
use crate::config::S3Config;

const CONNECT: Duration = Duration::from_secs(3);
const ATTEMPT: Duration = Duration::from_secs(20);
const WHOLE: Duration = Duration::from_secs(45);

#[derive(Clone, Debug)]
pub(super) struct S3 {
    client: Client,
    /// Signs for the address that browsers use.
    public: Client,
    bucket: String,
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
        .map_err(failed)?;
        Ok(())
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Blob>, BlobError> {
        let object = match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(object) => object,
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let content_type = object.content_type().unwrap_or("application/octet-stream").to_owned();
        let body = object.body.collect().await.map_err(|error| BlobError::Store(error.to_string()))?;
        Ok(Some(Blob { bytes: body.into_bytes(), content_type }))
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), BlobError> {
        self.client.delete_object().bucket(&self.bucket).key(key).send().await.map_err(failed)?;
        Ok(())
    }

    pub(super) async fn presigned_get(&self, key: &str, ttl: Duration) -> Result<String, BlobError> {
        let terms = PresigningConfig::expires_in(ttl).map_err(|error| BlobError::Store(error.to_string()))?;
        let signed = self.public.get_object().bucket(&self.bucket).key(key).presigned(terms).await.map_err(failed)?;
        Ok(signed.uri().to_owned())
    }

    pub(super) async fn ensure_bucket(&self) -> Result<(), BlobError> {
        match self.client.head_bucket().bucket(&self.bucket).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(HeadBucketError::is_not_found) => {
                match self.client.create_bucket().bucket(&self.bucket).send().await {
                    Ok(_) => tracing::info!(bucket = self.bucket, "bucket created"),
                    // Another first file was quicker.
                    Err(error) if error.code() == Some("BucketAlreadyOwnedByYou") => {}
                    Err(error) => return Err(failed(error)),
                }
                Ok(())
            }
            Err(error) => Err(failed(error)),
        }
    }
}

fn failed<E, R>(error: SdkError<E, R>) -> BlobError
where
    E: std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    BlobError::Store(DisplayErrorContext(error).to_string())
}
