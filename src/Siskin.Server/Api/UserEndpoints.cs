using System.Text.Json;
using Siskin.Data.Catalogue;
using Siskin.Server.Api.Json;

namespace Siskin.Server.Api;

/// <summary>Routes below <c>/v1/users</c>.</summary>
internal sealed class UserEndpoints(ApiServices services) : CatalogueEndpoints<User>(services, "users")
{
    protected override User Read(ref Utf8JsonReader reader, FieldPath path, FieldErrors errors) => UserJson.Read(ref reader, path, errors);

    protected override void Write(Utf8JsonWriter writer, User value) => UserJson.Write(writer, value);

    protected override string IdOf(User value) => value.Id;

    protected override User WithId(User value, string id) => value with { Id = id };

    protected override void Check(User value, CatalogueSchema schema, string path, FieldErrors errors) =>
        CatalogueValidator.Check(value, schema, path, errors);

    protected override ValueTask<IReadOnlyList<CatalogueChange<User>>> UpsertAsync(IReadOnlyList<User> values, CancellationToken cancellationToken) =>
        Services.Catalogue.UpsertUsersAsync(values, cancellationToken);

    protected override ValueTask<User?> FindAsync(string id, CancellationToken cancellationToken) =>
        Services.Catalogue.GetUserAsync(id, cancellationToken);

    protected override ValueTask<CatalogueChange<User>?> UpdateAsync(string id, Func<User, User> change, CancellationToken cancellationToken) =>
        Services.Catalogue.UpdateUserAsync(id, change, cancellationToken);

    protected override ValueTask<CatalogueChange<User>?> RemoveAsync(string id, CancellationToken cancellationToken) =>
        Services.Catalogue.DeleteUserAsync(id, cancellationToken);

    protected override ValueTask<CataloguePage<User>> PageAsync(string? cursor, int limit, CancellationToken cancellationToken) =>
        Services.Catalogue.ListUsersAsync(cursor, limit, cancellationToken);

    protected override void Count(int stored) => Services.Metrics.UsersStored.Add(stored);
}
