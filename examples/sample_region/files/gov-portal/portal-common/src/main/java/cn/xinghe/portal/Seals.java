package cn.xinghe.portal;

import cn.hutool.crypto.SmUtil;
import cn.hutool.crypto.symmetric.SymmetricCrypto;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** 证照电子签章的摘要与加密. */
public final class Seals {
    private static final String LEGACY = "DES/ECB/PKCS5Padding";

    private Seals() {}

    public static String digest(String text) {
        return SmUtil.sm3(text);
    }

    public static byte[] encrypt(byte[] key, byte[] plain) {
        SymmetricCrypto sm4 = SmUtil.sm4(key);
        return sm4.encrypt(plain);
    }

    /** 旧系统互通, 计划下线. */
    public static byte[] encryptLegacy(byte[] key, byte[] plain) throws Exception {
        Cipher cipher = Cipher.getInstance(LEGACY);
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DES"));
        return cipher.doFinal(plain);
    }

    public static String etag(String text) throws Exception {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        return HexFormat.of().formatHex(md5.digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
