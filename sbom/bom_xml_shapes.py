"""How CycloneDX JSON objects stand in XML: element names, attributes and their order, as data.

One line describes one kind of object, in the order that the XML schema wants:

    @key               an attribute
    =key               the element's text
    key  key:shape     an element with text, or of another shape
    key#               a whole number
    key?               true or false
    key*               one element for each item of a list; `key*name` if the element is called otherwise
    key/name           a list, wrapped into one element with an element for each item

`:@ref` after a list says that its items are plain texts, written as that attribute. `licenses!` is a list of
`license` objects and of expressions. Taken from the XML schemas of CycloneDX 1.6 and 1.7, of which it holds
what SBOMs and CBOMs use; vulnerabilities, services, formulations, IKEv2 transforms and the like are left out.
"""

SHAPES = {
    "bom": """@serialNumber @version# metadata:metadata components/component:component
        externalReferences/reference:reference dependencies/dependency:dependency
        compositions/composition:composition properties/property:property""",
    "metadata": """timestamp lifecycles/lifecycle:lifecycle tools:tools authors/author:contact
        component:component manufacturer:organization manufacture:organization supplier:organization
        licenses! properties/property:property""",
    "lifecycle": "phase name description",
    "tools": "components/component:component",
    "organization": "@bom-ref name url* contact*:contact",
    "contact": "@bom-ref name email phone",
    "component": """@type @mime-type @bom-ref supplier:organization manufacturer:organization
        authors/author:contact author publisher group name version versionRange description scope
        hashes/hash:hash licenses! copyright cpe purl omniborId* swhid* modified?
        externalReferences/reference:reference properties/property:property components/component:component
        evidence:evidence cryptoProperties:crypto tags/tag""",
    "hash": "@alg =content",
    "license": "@bom-ref @acknowledgement id name url properties/property:property",
    "expression": "@bom-ref @acknowledgement =expression",
    "reference": "@type url comment hashes/hash:hash properties/property:property",
    "property": "@name =value",
    "evidence": """identity*:identity occurrences/occurrence:occurrence licenses!
        copyright/text:copyright""",
    "identity": "field confidence concludedValue methods/method:method",
    "method": "technique confidence value",
    "occurrence": "@bom-ref location line# offset# symbol additionalContext",
    "copyright": "=text",
    "dependency": "@ref dependsOn*dependency:@ref provides*provides:@ref",
    "composition": "@bom-ref aggregate assemblies/assembly:@ref dependencies/dependency:@ref",
    "crypto": """assetType algorithmProperties:algorithm certificateProperties:certificate
        relatedCryptoMaterialProperties:material protocolProperties:protocol oid""",
    "algorithm": """primitive algorithmFamily parameterSetIdentifier curve ellipticCurve executionEnvironment
        implementationPlatform certificationLevel* mode padding cryptoFunctions/cryptoFunction
        classicalSecurityLevel# nistQuantumSecurityLevel#""",
    "certificate": """serialNumber subjectName issuerName notValidBefore notValidAfter signatureAlgorithmRef
        subjectPublicKeyRef certificateFormat certificateExtension certificateFileExtension fingerprint:hash
        certificateState*:certificateState creationDate activationDate deactivationDate revocationDate
        destructionDate certificateExtensions/certificateExtension:certificateExtension
        relatedCryptographicAssets/relatedCryptographicAsset:asset""",
    "certificateState": "state name description reason",
    "certificateExtension": """commonExtensionName commonExtensionValue customExtensionName
        customExtensionValue""",
    "asset": "type ref",
    "material": """type id state algorithmRef creationDate activationDate updateDate expirationDate value
        size# format securedBy:securedBy fingerprint:hash
        relatedCryptographicAssets/relatedCryptographicAsset:asset""",
    "securedBy": "mechanism algorithmRef",
    "protocol": "type version cipherSuites/cipherSuite:cipherSuite cryptoRefArray*cryptoRef",
    "cipherSuite": """name algorithms/algorithm identifiers/identifier tlsGroups/group
        tlsSignatureSchemes/signatureScheme""",
}
