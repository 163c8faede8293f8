import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.xml.security.Init;
import org.apache.xml.security.signature.XMLSignature;
import org.apache.xml.security.signature.XMLSignatureInput;
import org.apache.xml.security.transforms.Transforms;
import org.apache.xml.security.utils.Constants;
import org.apache.xml.security.utils.XMLUtils;
import org.apache.xml.security.utils.resolver.ResourceResolverContext;
import org.apache.xml.security.utils.resolver.ResourceResolverSpi;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Apache Santuario as a second opinion on signatures of the ebMS profile.
 *
 * verify FILE...: a line "FILE good" or "FILE bad" each. sign KEYSTORE PASSWORD XPATH FILE...: FILE.signed each.
 * The parts of FILE lie in FILE.parts, named by number; FILE.parts/names has a Content-ID in each line.
 */
public class Santuario {
    static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";

    public static void main(String[] words) throws Exception {
        Init.init();
        if (words[0].equals("verify")) {
            for (int i = 1; i < words.length; i++) {
                System.out.println(words[i] + (verify(new File(words[i])) ? " good" : " bad"));
            }
            return;
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (FileInputStream in = new FileInputStream(words[1])) {
            keys.load(in, words[2].toCharArray());
        }
        String alias = keys.aliases().nextElement();
        PrivateKey key = (PrivateKey) keys.getKey(alias, words[2].toCharArray());
        X509Certificate certificate = (X509Certificate) keys.getCertificate(alias);
        for (int i = 4; i < words.length; i++) {
            sign(new File(words[i]), key, certificate, words[3]);
        }
    }

    static Document read(File file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Document document = factory.newDocumentBuilder().parse(file);
        return document;
    }

    static boolean verify(File file) {
        try {
            Document document = read(file);
            Element node = (Element) document.getElementsByTagNameNS(Constants.SignatureSpecNS, "Signature").item(0);
            XMLSignature signature = new XMLSignature(node, "", true);
            signature.addResourceResolver(new Parts(file));
            return signature.checkSignatureValue(signature.getKeyInfo().getX509Certificate());
        } catch (Exception | StackOverflowError error) {
            return false;
        }
    }

    static void sign(File file, PrivateKey key, X509Certificate certificate, String xpath) throws Exception {
        Document document = read(file);
        Element head = (Element) document.getElementsByTagNameNS(SOAP, "Header").item(0);
        XMLSignature signature = new XMLSignature(document, "", XMLSignature.ALGO_ID_SIGNATURE_RSA_SHA256);
        Parts parts = new Parts(file);
        signature.addResourceResolver(parts);
        head.appendChild(signature.getElement());
        Transforms transforms = new Transforms(document);
        transforms.addTransform(Transforms.TRANSFORM_ENVELOPED_SIGNATURE);
        Element expression = document.createElementNS(Constants.SignatureSpecNS, "ds:XPath");
        expression.setAttributeNS(Constants.NamespaceSpecNS, "xmlns:SOAP-ENV", SOAP);
        expression.setTextContent(xpath);
        transforms.addTransform(Transforms.TRANSFORM_XPATH, expression);
        transforms.addTransform(Transforms.TRANSFORM_C14N_OMIT_COMMENTS);
        signature.addDocument("", transforms, "http://www.w3.org/2001/04/xmlenc#sha256");
        for (String name : parts.names.keySet()) {
            signature.addDocument("cid:" + name, null, "http://www.w3.org/2001/04/xmlenc#sha256");
        }
        signature.addKeyInfo(certificate);
        signature.sign(key);
        try (FileOutputStream out = new FileOutputStream(file + ".signed")) {
            XMLUtils.outputDOM(document, out, true);
        }
    }

    static class Parts extends ResourceResolverSpi {
        final Map<String, Path> names = new HashMap<>();

        Parts(File file) throws Exception {
            Path folder = Path.of(file + ".parts");
            if (Files.exists(folder)) {
                int number = 0;
                for (String name : Files.readAllLines(folder.resolve("names"))) {
                    names.put(name, folder.resolve(String.valueOf(number++)));
                }
            }
        }

        @Override
        public XMLSignatureInput engineResolveURI(ResourceResolverContext context) {
            try {
                return new XMLSignatureInput(Files.readAllBytes(names.get(context.uriToResolve.substring(4))));
            } catch (java.io.IOException error) {
                throw new java.io.UncheckedIOException(error);
            }
        }

        @Override
        public boolean engineCanResolveURI(ResourceResolverContext context) {
            String uri = context.uriToResolve;
            return uri != null && uri.startsWith("cid:") && names.containsKey(uri.substring(4));
        }
    }
}
