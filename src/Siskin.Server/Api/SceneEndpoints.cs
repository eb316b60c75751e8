using Microsoft.AspNetCore.Http;
using Siskin.Server.Api.Json;

namespace Siskin.Server.Api;

/// <summary>Route <c>/v1/scenes</c>.</summary>
internal sealed class SceneEndpoints(ApiServices services)
{
    public void Map(ApiRoutes routes) => routes.Map(HttpMethods.Get, "/v1/scenes", GetAsync);

    private Task GetAsync(HttpContext http) => Answers.JsonAsync(http, services.Engine.Scenes, SceneJson.Write);
}
