package dev.sallyport.core.recording;

import com.github.luben.zstd.Zstd;
import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;

/// Chunks by someone who has the key, with whatever he likes in them.
final class Forged {

    private Forged() {}

    static Chunk chunk(
            TenantId tenant,
            SessionId session,
            RecordingHead head,
            Secret key,
            byte[] compressed,
            int count,
            int plainLength)
            throws BadChunk, GeneralSecurityException {
        ChunkHeader header;
        try {
            header = new ChunkHeader(
                    tenant,
                    session,
                    0,
                    0,
                    count,
                    0,
                    0,
                    Sha256.NONE,
                    RecordingState.LIVE,
                    Optional.of(head),
                    1,
                    plainLength,
                    compressed.length + Chunk.TAG);
        } catch (IllegalArgumentException e) {
            throw new BadChunk("refused by the chunk's head itself", e);
        }
        var cipher = Chunk.cipher(Cipher.ENCRYPT_MODE, key, header);
        var clear = header.write();
        cipher.updateAAD(clear);
        var sealed = cipher.doFinal(compressed);
        var stored = Arrays.copyOf(clear, clear.length + sealed.length);
        System.arraycopy(sealed, 0, stored, clear.length, sealed.length);
        return Chunk.parse(stored);
    }

    static byte[] compressed(byte[] plain) {
        return Zstd.compress(plain);
    }
}
