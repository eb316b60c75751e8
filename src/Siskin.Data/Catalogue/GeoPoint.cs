namespace Siskin.Data.Catalogue;

/// <summary>A place on the earth.</summary>
/// <param name="Latitude">Degrees, −90 to 90.</param>
/// <param name="Longitude">Degrees, −180 to 180.</param>
public readonly record struct GeoPoint(double Latitude, double Longitude);
