package dev.sallyport.edge.ssh;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Optional;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.OpenSshCertificateImpl;
import org.apache.sshd.common.config.keys.u2f.SkED25519PublicKey;
import org.apache.sshd.common.config.keys.u2f.SkEcdsaPublicKey;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.signature.SignatureSkECDSA;
import org.apache.sshd.common.signature.SignatureSkED25519;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.buffer.keys.BufferPublicKeyParser;
import org.jspecify.annotations.Nullable;

/// The kinds of certificates for keys that live on a security key (OpenSSH PROTOCOL.u2f, PROTOCOL.certkeys).
///
/// The SSH library verifies what such keys sign, and reads certificates of all other kinds of keys; this brings
/// the two together. Somebody must have touched the key for each signature, unless the certificate itself says
/// `no-touch-required`. The key's counter is not looked at, as OpenSSH does not.
enum SecurityKeyCertificate implements NamedFactory<Signature> {
    ED25519("sk-ssh-ed25519"),
    ECDSA("sk-ecdsa-sha2-nistp256");

    /// The extension by which a CA waives the touch.
    private static final String NO_TOUCH = "no-touch-required";

    private final String key;
    private final String certificate;

    SecurityKeyCertificate(String kind) {
        this.key = kind + "@openssh.com";
        this.certificate = kind + "-cert-v01@openssh.com";
    }

    @Override
    public String getName() {
        return certificate;
    }

    @Override
    public Signature create() {
        return switch (this) {
            case ED25519 -> new SignatureSkED25519();
            case ECDSA -> new SignatureSkECDSA();
        };
    }

    /// The same bytes, whose certificates may also be of these kinds. The array is shared.
    static Buffer readable(Buffer packet) {
        return new ByteArrayBuffer(packet.array(), packet.rpos(), packet.available()) {
            @Override
            public PublicKey getRawPublicKey() throws SshException {
                return getRawPublicKey(ANY);
            }
        };
    }

    private static final BufferPublicKeyParser<PublicKey> ANY = new BufferPublicKeyParser<>() {
        @Override
        public boolean isKeyTypeSupported(String type) {
            return of(type).isPresent() || DEFAULT.isKeyTypeSupported(type);
        }

        @Override
        public PublicKey getRawPublicKey(String type, Buffer in) throws GeneralSecurityException {
            var kind = of(type);
            return kind.isPresent() ? kind.get().read(in) : DEFAULT.getRawPublicKey(type, in);
        }
    };

    private static Optional<SecurityKeyCertificate> of(@Nullable String type) {
        return Arrays.stream(values())
                .filter(kind -> kind.certificate.equals(type))
                .findFirst();
    }

    /// Reads what follows the type, to the end of `in`.
    private OpenSshCertificate read(Buffer in) throws GeneralSecurityException {
        int start = in.rpos();
        var read = new OpenSshCertificateImpl();
        read.setKeyType(certificate);
        read.setNonce(in.getBytes());
        var certified = BufferPublicKeyParser.DEFAULT.getRawPublicKey(key, in);
        read.setSerial(in.getLong());
        read.setType(OpenSshCertificate.Type.fromCode(in.getInt()));
        read.setId(in.getString());
        read.setPrincipals(new ByteArrayBuffer(in.getBytes()).getStringList(false));
        read.setValidAfter(in.getLong());
        read.setValidBefore(in.getLong());
        read.setCriticalOptions(in.getCertificateOptions());
        read.setExtensions(in.getCertificateOptions());
        read.setReserved(in.getString());
        try {
            read.setCaPubKey(in.getPublicKey());
        } catch (SshException e) {
            throw new InvalidKeyException("the CA's key of a certificate cannot be read", e);
        }
        var signed = new ByteArrayBuffer();
        signed.putString(certificate);
        signed.putRawBytes(in.getBytesConsumed(start));
        read.setMessage(signed.getCompactData());
        read.setSignature(in.getBytes());
        if (in.available() > 0) {
            throw new InvalidKeyException("more than belongs to a certificate");
        }
        boolean noTouch = read.getExtensionsMap().containsKey(NO_TOUCH);
        read.setCertPubKey(
                switch (certified) {
                    case SkED25519PublicKey sk ->
                        new SkED25519PublicKey(sk.getAppName(), noTouch, false, sk.getDelegatePublicKey());
                    case SkEcdsaPublicKey sk ->
                        new SkEcdsaPublicKey(sk.getAppName(), noTouch, false, sk.getDelegatePublicKey());
                    default -> throw new InvalidKeyException("not the key of a security key");
                });
        return read;
    }
}
