package dev.sallyport.store.s3;

import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.ChunkConflict;
import dev.sallyport.core.recording.ChunkHeader;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.store.https.Authorities;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Chunks as objects: `<tenant>/<session>/000000.chunk` in a bucket. For any number of threads and processes.
///
/// A chunk is put with `If-None-Match: *`, so that it is never overwritten, and with its SHA-256, which S3 checks
/// (and which a bucket with Object Lock asks for). When a put meets another of the same chunk (`409`), it is not
/// stored, and whoever puts it tries again.
///
/// The client is made with the first chunk that is asked for, not before.
public final class S3ChunkStore implements ChunkStore, AutoCloseable {

    private static final Pattern NAME = Pattern.compile("([0-9]{6,9})\\.chunk");
    private static final int TAKEN = 412;
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(8);

    private final String bucket;
    private final Authorities authorities;
    private @Nullable S3Client client;

    /// Chunks in a bucket of the account and region that the environment names.
    ///
    /// @param authorities who is believed to be S3
    public S3ChunkStore(String bucket, Authorities authorities) {
        this.bucket = bucket;
        this.authorities = authorities;
    }

    @Override
    public void put(TenantId tenant, SessionId session, int number, byte[] chunk) throws IOException {
        var sum = Base64.getEncoder().encodeToString(Sha256.of(chunk).bytes());
        try {
            client().putObject(
                            request -> request.bucket(bucket)
                                    .key(key(tenant, session, number))
                                    .ifNoneMatch("*")
                                    .checksumSHA256(sum)
                                    .contentType("application/octet-stream"),
                            RequestBody.fromBytes(chunk));
        } catch (S3Exception e) {
            if (e.statusCode() != TAKEN) {
                throw failed("store", session, number, e);
            }
            if (!get(tenant, session, number)
                    .filter(there -> Arrays.equals(there, chunk))
                    .isPresent()) {
                throw new ChunkConflict(number);
            }
        } catch (SdkException e) {
            throw failed("store", session, number, e);
        }
    }

    /// Reads one byte more than a chunk may have at most, so that a reader refuses what is longer.
    @Override
    public Optional<byte[]> get(TenantId tenant, SessionId session, int number) throws IOException {
        try (var in = client().getObject(request -> request.bucket(bucket).key(key(tenant, session, number)))) {
            var bytes = in.readNBytes(ChunkHeader.LONGEST_CHUNK + 1);
            if (bytes.length > ChunkHeader.LONGEST_CHUNK) {
                in.abort();
            }
            return Optional.of(bytes);
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        } catch (SdkException e) {
            throw failed("read", session, number, e);
        }
    }

    @Override
    public List<Integer> numbers(TenantId tenant, SessionId session) throws IOException {
        var head = tenant.value() + "/" + session.value() + "/";
        var numbers = new ArrayList<Integer>();
        try {
            for (var page : client().listObjectsV2Paginator(
                            request -> request.bucket(bucket).prefix(head))) {
                for (var object : page.contents()) {
                    var name = NAME.matcher(object.key().substring(head.length()));
                    if (name.matches()) {
                        numbers.add(Integer.valueOf(name.group(1)));
                    }
                }
            }
        } catch (SdkException e) {
            throw new IOException("could not list the chunks of " + session + " in the bucket " + bucket, e);
        }
        return numbers.stream().sorted().toList();
    }

    /// In a bucket with Object Lock or versions, the versions stay as long as they are locked or its rules keep them.
    @Override
    public boolean delete(TenantId tenant, SessionId session, int most) throws IOException {
        var numbers = numbers(tenant, session);
        for (int number : numbers.reversed().stream().limit(most).toList()) {
            try {
                var _ = client().deleteObject(request -> request.bucket(bucket).key(key(tenant, session, number)));
            } catch (SdkException e) {
                throw failed("delete", session, number, e);
            }
        }
        return numbers.size() <= most;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
    }

    private IOException failed(String what, SessionId session, int number, SdkException cause) {
        return new IOException(
                "could not " + what + " chunk " + number + " of " + session + " in the bucket " + bucket, cause);
    }

    private static String key(TenantId tenant, SessionId session, int number) {
        return tenant.value() + "/" + session.value() + "/" + "%06d.chunk".formatted(number);
    }

    private synchronized S3Client client() {
        var made = client;
        if (made == null) {
            made = S3Client.builder()
                    .httpClientBuilder(authorities.client())
                    // the sum of a chunk is given; the SDK's own would be a trailer
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .serviceConfiguration(settings -> settings.chunkedEncodingEnabled(false))
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                    .overrideConfiguration(
                            settings -> settings.apiCallTimeout(CALL_TIMEOUT).apiCallAttemptTimeout(ATTEMPT_TIMEOUT))
                    .build();
            client = made;
        }
        return made;
    }
}
