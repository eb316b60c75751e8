namespace Siskin.Serving.Releases;

/// <summary>Vectors of an implicit-feedback matrix factorisation, and what folding in a user needs.</summary>
/// <param name="Dimensions">Length of a vector.</param>
/// <param name="Users">Row-major, users × dimensions.</param>
/// <param name="Items">Row-major, items × dimensions.</param>
/// <param name="UnobservedWeight">α₀ of the training.</param>
/// <param name="Regularization">λ of the training.</param>
/// <param name="Exponent">ν of the training.</param>
public sealed record FactorVectors(
    int Dimensions,
    float[] Users,
    float[] Items,
    double UnobservedWeight,
    double Regularization,
    double Exponent);
